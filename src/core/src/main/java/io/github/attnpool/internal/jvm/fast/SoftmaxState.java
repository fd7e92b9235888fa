package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.github.attnpool.internal.fused.StateLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * One softmax state on the heap: the maximum m of some rows' scores, the sum s of exp(e − m), and Σ
 * exp(e − m)·x. The state of no rows, or of rows whose scores are all −∞, is empty: m = −∞, zeros.
 */
final class SoftmaxState {
  private final double[] context;
  double max; // a float's value
  double sum;

  SoftmaxState(int width) {
    this.context = new double[width];
  }

  boolean isEmpty() {
    return max == Double.NEGATIVE_INFINITY;
  }

  void clear() {
    max = Double.NEGATIVE_INFINITY;
    sum = 0;
    Arrays.fill(context, 0);
  }

  void setContext(float[] values) {
    for (int i = 0; i < context.length; i++) {
      context[i] = values[i];
    }
  }

  void setContext(int column, double value) {
    context[column] = value;
  }

  /** Whether all sums are finite: each is at most a tile's, so that these do not overflow. */
  boolean isFinite() {
    double all = 0;
    for (double value : context) {
      all += value;
    }
    return Double.isFinite(all);
  }

  /** Reads m and s alone. */
  void readSoftmax(MemorySegment state, long offset) {
    max = state.get(JAVA_DOUBLE, offset);
    sum = state.get(JAVA_DOUBLE, offset + Double.BYTES);
  }

  void read(MemorySegment state, long offset) {
    readSoftmax(state, offset);
    MemorySegment.copy(state, JAVA_DOUBLE, offset + StateLayout.SUMS, context, 0, context.length);
  }

  void write(MemorySegment state, long offset) {
    state.set(JAVA_DOUBLE, offset, max);
    state.set(JAVA_DOUBLE, offset + Double.BYTES, sum);
    MemorySegment.copy(context, 0, state, JAVA_DOUBLE, offset + StateLayout.SUMS, context.length);
  }

  /**
   * Merges another state: with M = max(m, m') all sums become sums·exp(m − M) + sums'·exp(m' − M).
   * An empty state changes nothing, and takes over the other bit for bit. Which of two states is
   * merged into the other makes no difference to the bits.
   */
  void merge(SoftmaxState other) {
    if (other.isEmpty()) {
      return; // exp(−∞ − −∞) would be NaN if both are empty
    }
    if (isEmpty()) {
      max = other.max;
      sum = other.sum;
      System.arraycopy(other.context, 0, context, 0, context.length);
      return;
    }
    double most = Math.max(max, other.max); // NaN if one is
    // StrictMath, because the same bits are promised whether this is compiled or not.
    double scale = StrictMath.exp(max - most);
    double otherScale = StrictMath.exp(other.max - most);
    max = most;
    sum = sum * scale + other.sum * otherScale;
    for (int i = 0; i < context.length; i++) {
      context[i] = scaled(context[i], scale) + scaled(other.context[i], otherScale);
    }
  }

  /**
   * A sum times exp(m − M). Where that factor is below the least weight, rows have weight 0, and
   * then even infinite ones add nothing.
   */
  static double scaled(double value, double scale) {
    return scale < Float.MIN_NORMAL && !Double.isFinite(value) ? 0 : value * scale;
  }

  /** The context, rounded to float; zeros for an empty state. */
  void finish(float[] to) {
    double divisor = isEmpty() ? 1 : sum;
    for (int i = 0; i < context.length; i++) {
      to[i] = (float) (context[i] / divisor);
    }
  }
}
