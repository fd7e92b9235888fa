package io.github.attnpool.internal.jvm.fast;

import java.util.Arrays;

/**
 * Four rows that kernels work on at once, each from its offset on in an array. Mutable and reused,
 * so that moving on allocates nothing.
 */
final class RowQuad {
  static final int ROWS = 4;

  private static final float[] NONE = {}; // before it is moved to any

  float[] row0 = NONE;
  float[] row1 = NONE;
  float[] row2 = NONE;
  float[] row3 = NONE;
  int at0;
  int at1;
  int at2;
  int at3;

  /**
   * Four rows with an array each. Java's compiler vectorises loops that write several rows only if
   * these do not share one.
   */
  static RowQuad separate(int length) {
    RowQuad quad = new RowQuad();
    quad.row0 = new float[length];
    quad.row1 = new float[length];
    quad.row2 = new float[length];
    quad.row3 = new float[length];
    return quad;
  }

  /** Moves to four rows of a matrix, {@code stride} apart. */
  void moveTo(float[] matrix, int at, int stride) {
    row0 = matrix;
    row1 = matrix;
    row2 = matrix;
    row3 = matrix;
    at0 = at;
    at1 = at + stride;
    at2 = at + 2 * stride;
    at3 = at + 3 * stride;
  }

  /** Sets each of the four rows to the same values. */
  void fill(float[] values, int from, int count) {
    System.arraycopy(values, from, row0, at0, count);
    System.arraycopy(values, from, row1, at1, count);
    System.arraycopy(values, from, row2, at2, count);
    System.arraycopy(values, from, row3, at3, count);
  }

  /** Copies values of four rows of a matrix. */
  void copyRows(float[] matrix, int from, int stride, int count) {
    System.arraycopy(matrix, from, row0, at0, count);
    System.arraycopy(matrix, from + stride, row1, at1, count);
    System.arraycopy(matrix, from + 2 * stride, row2, at2, count);
    System.arraycopy(matrix, from + 3 * stride, row3, at3, count);
  }

  /** Copies values to four rows of a matrix. */
  void copyTo(float[] matrix, int to, int stride, int count) {
    System.arraycopy(row0, at0, matrix, to, count);
    System.arraycopy(row1, at1, matrix, to + stride, count);
    System.arraycopy(row2, at2, matrix, to + 2 * stride, count);
    System.arraycopy(row3, at3, matrix, to + 3 * stride, count);
  }

  /** Multiplies the values of each row by those of the same row of another quad; both separate. */
  void multiply(RowQuad factors, int count) {
    multiply(row0, factors.row0, count);
    multiply(row1, factors.row1, count);
    multiply(row2, factors.row2, count);
    multiply(row3, factors.row3, count);
  }

  private static void multiply(float[] values, float[] factors, int count) {
    for (int i = 0; i < count; i++) {
      values[i] *= factors[i];
    }
  }

  /** Zeroes the columns {@code from} to {@code to}. */
  void clear(int from, int to) {
    Arrays.fill(row0, at0 + from, at0 + to, 0);
    Arrays.fill(row1, at1 + from, at1 + to, 0);
    Arrays.fill(row2, at2 + from, at2 + to, 0);
    Arrays.fill(row3, at3 + from, at3 + to, 0);
  }
}
