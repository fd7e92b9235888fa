package io.github.attnpool.spi;

import io.github.attnpool.internal.arguments.Arguments;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether a backend can be used here.
 *
 * @param state whether it can; if not, what backend {@code auto} makes of that
 * @param detail what was found and where it was loaded from; or, if it cannot be used, every reason
 * @param facts the parts of detail by name, for programs, in the order in which they are to be
 *     shown; a backend that has them uses the names {@code isa}, {@code isaDetected}, {@code
 *     library}, {@code version}, {@code loadedFrom}, {@code kernelsLoadedFrom}, {@code cache},
 *     {@code device}
 */
public record Availability(State state, String detail, Map<String, String> facts) {
  /** Whether a backend can be used, and what {@code auto} does if not. */
  public enum State {
    /** It can be used. */
    AVAILABLE,
    /** This machine lacks what it is for, such as a GPU: auto silently takes another. */
    ABSENT,
    /** It should work here, but something failed: auto takes another, and says so. */
    FAILED,
    /** The user named a library or a value that cannot be used: auto takes no other. */
    WRONG_SETTING
  }

  /** Copies the facts. */
  public Availability {
    Arguments arguments = new Arguments("availability");
    arguments.given("state", state);
    arguments.given("detail", detail);
    arguments.allGiven("facts", facts);
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /**
   * Says that a backend can be used.
   *
   * @param detail what was found and where it was loaded from
   * @return an answer of state AVAILABLE, without facts
   */
  public static Availability yes(String detail) {
    return yes(detail, Map.of());
  }

  /**
   * Says that a backend can be used, with facts.
   *
   * @param detail what was found and where it was loaded from
   * @param facts parts of the detail by name
   * @return an answer of state AVAILABLE
   */
  public static Availability yes(String detail, Map<String, String> facts) {
    return new Availability(State.AVAILABLE, detail, facts);
  }

  /**
   * Says that a backend should work here, but cannot be used.
   *
   * @param reasons every reason
   * @return an answer of state FAILED, without facts
   */
  public static Availability no(String reasons) {
    return no(State.FAILED, reasons);
  }

  /**
   * Says that a backend cannot be used.
   *
   * @param state any but AVAILABLE
   * @param reasons every reason
   * @return an answer without facts
   */
  public static Availability no(State state, String reasons) {
    new Arguments("availability").given("reasons", reasons);
    return new Availability(state, reasons, Map.of());
  }

  /** {@return whether the backend can be used} */
  public boolean available() {
    return state == State.AVAILABLE;
  }
}
