package io.github.attnpool.internal.jvm.fast;

/** Sizes and arrays filled up to whole vectors. */
final class Padding {
  private Padding() {}

  /** The least multiple of a power of two that is not less than {@code count}. */
  static int up(int count, int powerOfTwo) {
    return (count + powerOfTwo - 1) & -powerOfTwo;
  }

  /** The rows of a matrix, each with zeros up to a new length. */
  static float[] rows(float[] matrix, int rows, int length, int newLength) {
    float[] padded = new float[Math.multiplyExact(rows, newLength)];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(matrix, r * length, padded, r * newLength, length);
    }
    return padded;
  }
}
