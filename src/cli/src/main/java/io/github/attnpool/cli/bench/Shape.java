package io.github.attnpool.cli.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A problem size: B sequences of T rows of H numbers, and D hidden units.
 *
 * @param batch B
 * @param steps T
 * @param width H
 * @param units D
 */
record Shape(int batch, int steps, int width, int units) {
  private static final String SIZE = "([0-9]{1,10})";
  private static final Pattern SYNTAX = Pattern.compile("%1$s,%1$s,%1$s(?:,%1$s)?".formatted(SIZE));

  /**
   * Reads B,T,H or B,T,H,D; without D, it is H.
   *
   * @throws IllegalArgumentException if it is not so written; the message says how it must be
   */
  static Shape parse(String text) {
    Matcher sizes = SYNTAX.matcher(text);
    if (!sizes.matches()) {
      throw new IllegalArgumentException("must be B,T,H or B,T,H,D in whole numbers");
    }
    int width = size(sizes.group(3));
    return new Shape(
        size(sizes.group(1)),
        size(sizes.group(2)),
        width,
        sizes.group(4) == null ? width : size(sizes.group(4)));
  }

  private static int size(String digits) {
    long size = Long.parseLong(digits);
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "each size must be 1 to " + Integer.MAX_VALUE + ", one is " + digits);
    }
    return (int) size;
  }

  /** Rows of the whole batch. */
  long rows() {
    return (long) batch * steps;
  }

  /** Floating-point operations of the hidden layer, 2·B·T·H·D: what rates and fractions count. */
  double flops() {
    return 2.0 * rows() * width * units;
  }

  @Override
  public String toString() {
    return batch + "," + steps + "," + width + "," + units;
  }
}
