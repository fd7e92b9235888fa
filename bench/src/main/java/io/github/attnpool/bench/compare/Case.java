package io.github.attnpool.bench.compare;

import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchShape;
import java.util.Locale;

/**
 * What all peers do once: a call of a shape.
 *
 * @param group what the case is measured for
 * @param cold whether the calls cycle through more inputs than the last-level cache holds
 */
record Case(Group group, BenchShape shape, Arithmetic arithmetic, int threads, boolean cold) {
  /** What cases are measured for. */
  enum Group {
    /** The table of shapes. */
    TABLE("Shapes"),
    /** The chart of time against T. */
    STEPS("Time against T"),
    /** The chart of time against H = D. */
    WIDTH("Time against H = D"),
    /** The chart of time against B. */
    BATCH("Time against the batch"),
    /** The chart of time against the number of threads. */
    THREADS("Time against threads"),
    /** Time per row from T = 10³ to 10⁶. */
    GROWTH("Growth with T"),
    /** The time that Java adds to the same loop in C. */
    OVERHEAD("Java over C"),
    /** Other forms of the layer against their multiplications alone. */
    FAMILY("Other forms of the layer"),
    /** New queries to projected keys. */
    KEYS("Queries through projected keys");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    /** Reads a group as users write it. */
    static Group of(String text) {
      for (Group group : values()) {
        if (group.toString().equals(text)) {
          return group;
        }
      }
      throw new IllegalArgumentException("there is no group '" + text + "'");
    }

    String title() {
      return title;
    }

    /** Returns the group as users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String toString() {
    return shape
        + " "
        + arithmetic
        + ", "
        + threads
        + " thread"
        + (threads == 1 ? "" : "s")
        + (cold ? ", cold" : "");
  }
}
