package io.github.attnpool.backend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether a backend can be used here.
 *
 * @param available whether it can
 * @param detail what was found and where it was loaded from; or, if it cannot be used, every reason
 * @param facts the parts of detail by name, for programs, in the order in which they are to be
 *     shown; a backend that has them uses the names {@code isa}, {@code isaDetected}, {@code
 *     library}, {@code version}, {@code loadedFrom}, {@code kernelsLoadedFrom}, {@code cache},
 *     {@code device}
 */
public record Availability(boolean available, String detail, Map<String, String> facts) {
  /** Copies the facts. */
  public Availability {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /** It can be used. */
  public static Availability yes(String detail) {
    return yes(detail, Map.of());
  }

  /** It can be used, with facts. */
  public static Availability yes(String detail, Map<String, String> facts) {
    return new Availability(true, detail, facts);
  }

  /** It cannot be used. */
  public static Availability no(String reasons) {
    return new Availability(false, reasons, Map.of());
  }
}
