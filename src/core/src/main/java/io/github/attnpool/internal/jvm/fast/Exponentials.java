package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.internal.fused.StateLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** exp(e − m) of some scores of one head, and the weights of a finished softmax. Of one thread. */
final class Exponentials {
  private final TileKernels kernels;
  private final int tileRows;
  private final float softmaxEpsilon;

  /** [tileRows], in whole vectors. */
  final float[] values;

  Exponentials(JvmTileProgram program) {
    this.kernels = program.kernels();
    this.tileRows = program.tileRows();
    this.softmaxEpsilon = program.form().softmaxEpsilon();
    this.values = new float[Padding.up(tileRows, kernels.lanes())];
  }

  /** Takes the scores of a head, and returns the largest: −∞ if there are none. */
  float take(TileScores scores, int head, int first, int count) {
    System.arraycopy(scores.values, scores.index(head, first), values, 0, count);
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < count; t++) {
      max = Math.max(max, values[t]);
    }
    return max;
  }

  /** {@code values = exp(values − shift)}, in whole vectors. */
  void exp(int count, float shift) {
    kernels.exp(values, Padding.up(count, kernels.lanes()), shift);
  }

  double sum(int count) {
    double sum = 0;
    for (int t = 0; t < count; t++) {
      sum += values[t];
    }
    return sum;
  }

  /** Σ exp(e) + ε of a state, times exp(−max). */
  double closedSum(double max, double sum) {
    return StateLayout.closedSum(max, sum, softmaxEpsilon);
  }

  /** Turns scores of a head in the tile into weights, in place. */
  void weigh(double max, double sum, TileScores scores, int head, int first, int count) {
    int at = scores.index(head, first);
    System.arraycopy(scores.values, at, values, 0, count);
    weigh(max, closedSum(max, sum), count);
    System.arraycopy(values, 0, scores.values, at, count);
  }

  /** Turns any number of scores into weights, in place. */
  void weigh(double max, double sum, MemorySegment scores, long offset, long rows) {
    double divisor = closedSum(max, sum);
    for (long from = 0; from < rows; from += tileRows) {
      int count = (int) Math.min(tileRows, rows - from);
      long at = offset + from * Float.BYTES;
      MemorySegment.copy(scores, JAVA_FLOAT_UNALIGNED, at, values, 0, count);
      weigh(max, divisor, count);
      MemorySegment.copy(values, 0, scores, JAVA_FLOAT_UNALIGNED, at, count);
    }
  }

  private void weigh(double max, double divisor, int count) {
    if (max == Double.NEGATIVE_INFINITY) {
      Arrays.fill(values, 0, count, 0);
      return;
    }
    exp(count, (float) max);
    for (int t = 0; t < count; t++) {
      values[t] = (float) (values[t] / divisor);
    }
  }
}
