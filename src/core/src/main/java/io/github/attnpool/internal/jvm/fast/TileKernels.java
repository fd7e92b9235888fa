package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import io.github.attnpool.Linear;

/**
 * The inner loops of the fused plan on float arrays. Stateless, shared by all threads.
 *
 * <p>Kernels know no tails: counts of columns and units are multiples of {@link #lanes}, and arrays
 * are padded with zeros up to there. What a kernel computes for one row depends on that row alone.
 */
interface TileKernels {
  /** Name of the instruction set, as far as Java knows it. */
  String isa();

  /** Values that are computed side by side; a multiple of 4. */
  int lanes();

  /** Prepares a map for multiplication by these kernels. */
  PackedWeights pack(Linear map);

  /**
   * {@code values = f(values + bias)}.
   *
   * @param scratch that many values, to do with as the kernel likes
   */
  void activate(Activation activation, float[] values, float[] bias, int count, float[] scratch);

  /** The same for four separate rows. */
  default void activate(
      Activation activation, RowQuad rows, float[] bias, int count, float[] scratch) {
    activate(activation, rows.row0, bias, count, scratch);
    activate(activation, rows.row1, bias, count, scratch);
    activate(activation, rows.row2, bias, count, scratch);
    activate(activation, rows.row3, bias, count, scratch);
  }

  /**
   * Adds the products of {@code a} and each of four rows to that row's sums, lane by lane.
   *
   * @param a from {@code at} on
   * @param sums [4, lanes] from {@code sumsAt} on
   */
  void addProducts(RowQuad u, int units, float[] a, int at, float[] sums, int sumsAt);

  /** {@code values = exp(values − shift)}. */
  void exp(float[] values, int count, float shift);

  /**
   * {@code sums += weights·x}, one row after another.
   *
   * @param x [rows, columns] from {@code at} on
   * @param scratch separate rows of that many columns, to do with as the kernel likes
   */
  void addRows(
      float[] x, int at, int rows, int columns, float[] weights, float[] sums, RowQuad scratch);
}
