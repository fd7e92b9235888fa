package io.github.attnpool.internal.pickle;

import io.github.attnpool.internal.io.ByteSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pickle holds. Values may contain themselves, and many may share one: who walks them bounds
 * depth and number. They are compared by identity, but for constants.
 */
public sealed interface PickleValue {
  /** Python's {@code None}. */
  Constant NONE = new Constant(None.NONE);

  /** The only value of its type. */
  enum None {
    NONE
  }

  /**
   * A value without parts.
   *
   * @param value {@link None}, Boolean, Long, BigInteger, Double or String
   */
  record Constant(Object value) implements PickleValue {}

  /**
   * Bytes, or a text too long to be a name, which stay in the file.
   *
   * @param source where they are
   * @param text whether they are UTF-8
   */
  record Data(ByteSource source, boolean text) implements PickleValue {}

  /**
   * Something that Python finds by its name: a class or a function.
   *
   * @param module for example {@code torch._utils}
   */
  record Global(String module, String name) implements PickleValue {
    /** Returns module and name. */
    public String path() {
      return module + "." + name;
    }
  }

  /** A list, a tuple or a set. */
  final class Sequence implements PickleValue {
    private final List<PickleValue> items;

    /** Makes one that takes the items over. */
    public Sequence(List<PickleValue> items) {
      this.items = items;
    }

    /** Returns the items, to be changed by the machine alone. */
    public List<PickleValue> items() {
      return items;
    }
  }

  /** A dictionary. */
  final class Dictionary implements PickleValue {
    private final Map<Object, PickleValue> items = new LinkedHashMap<>();

    /**
     * Returns the items by their keys: what a {@link Constant} holds, or, of what is no constant,
     * the value itself.
     */
    public Map<Object, PickleValue> items() {
      return items;
    }

    /** Puts an item in, in place of one of the same key. */
    public void put(PickleValue key, PickleValue value) {
      items.put(key instanceof Constant(Object plain) ? plain : key, value);
    }

    /** Returns the value of a text key; null if there is none. */
    public @Nullable PickleValue get(String key) {
      return items.get(key);
    }
  }

  /** An object of a class that is not known: what it was made of, never more. */
  final class Instance implements PickleValue {
    private final Global type;
    private final Dictionary entries = new Dictionary();
    private final Sequence items = new Sequence(new ArrayList<>(0));
    private PickleValue state = NONE;

    /** Makes an object without state. */
    public Instance(Global type) {
      this.type = type;
    }

    /** Returns the class. */
    public Global type() {
      return type;
    }

    /** Returns what was put into it as into a dictionary. */
    public Dictionary entries() {
      return entries;
    }

    /** Returns what was put into it as into a list. */
    public Sequence items() {
      return items;
    }

    /** Returns what the class was to restore the object from. */
    public PickleValue state() {
      return state;
    }

    void setState(PickleValue state) {
      this.state = state;
    }
  }

  /** What the machine's caller makes of a call. */
  non-sealed interface Built extends PickleValue {
    /** Takes the state that the pickle gives it; most have no use for it. */
    default void build(PickleValue state) {}
  }
}
