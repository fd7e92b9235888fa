package io.github.attnpool.cli.run;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;

/**
 * The largest absolute difference between a result and what is expected of it.
 *
 * @param size the difference; NaN if one of the two numbers is NaN and the other is not
 * @param at index of the element, −1 if all are equal
 * @param result the result there
 * @param expected what is expected there
 */
record Difference(double size, long at, double result, double expected) {

  /** NaN equals NaN, and infinity equals infinity of the same sign. */
  static Difference largest(MemorySegment results, double[] expected) {
    Difference largest = new Difference(0, -1, 0, 0);
    for (int i = 0; i < expected.length; i++) {
      float result = results.getAtIndex(JAVA_FLOAT, i);
      double size = size(result, expected[i]);
      // Double.compare puts NaN above infinity.
      if (Double.compare(size, largest.size) > 0) {
        largest = new Difference(size, i, result, expected[i]);
      }
    }
    return largest;
  }

  /** The larger of two; the first if they are equal. */
  static Difference larger(Difference first, Difference second) {
    return Double.compare(second.size, first.size) > 0 ? second : first;
  }

  /** Returns this difference with its element moved on by a number of elements. */
  Difference shifted(long elements) {
    return at < 0 ? this : new Difference(size, at + elements, result, expected);
  }

  private static double size(double result, double expected) {
    boolean same = result == expected || (Double.isNaN(result) && Double.isNaN(expected));
    return same ? 0 : Math.abs(result - expected);
  }

  boolean within(double tolerance) {
    return size <= tolerance;
  }

  /**
   * In words.
   *
   * @param shape of the result, whose element is named by an index for each dimension
   */
  String describe(double tolerance, long[] shape) {
    return within(tolerance)
        ? "largest absolute difference " + digits(size)
        : "largest absolute difference %s exceeds %s: element %s is %s, expected %s"
            .formatted(digits(size), tolerance, Arrays.toString(indexes(shape)), result, expected);
  }

  private long[] indexes(long[] shape) {
    long[] indexes = new long[shape.length];
    long rest = at;
    for (int dimension = shape.length - 1; dimension >= 0; dimension--) {
      indexes[dimension] = rest % shape[dimension];
      rest /= shape[dimension];
    }
    return indexes;
  }

  private static String digits(double size) {
    return String.format(Locale.ROOT, "%.3g", size);
  }
}
