package io.github.attnpool.internal.jvm;

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

  /** {@code values = tanh(values)}. */
  void tanh(float[] values, int count);

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
   * @param x [rows, columns]
   * @param scratch separate rows of that many columns, to do with as the kernel likes
   */
  void addRows(float[] x, int rows, int columns, float[] weights, float[] sums, RowQuad scratch);
}
