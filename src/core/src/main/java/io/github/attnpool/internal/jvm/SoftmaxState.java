package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.fused.StateLayout;
import java.lang.foreign.MemorySegment;

/**
 * One softmax state on the heap: the maximum m of some rows' scores, the sum s of exp(e − m), and Σ
 * exp(e − m)·x. The state of no rows, or of rows whose scores are all −∞, is empty: m = −∞, zeros.
 */
final class SoftmaxState {
  private final int width;
  final float[] context; // filled up to whole vectors
  float max;
  float sum;

  SoftmaxState(int width, int columns) {
    this.width = width;
    this.context = new float[columns];
  }

  boolean isEmpty() {
    return max == Float.NEGATIVE_INFINITY;
  }

  void read(MemorySegment state, long offset) {
    max = state.get(JAVA_FLOAT, offset);
    sum = state.get(JAVA_FLOAT, offset + Float.BYTES);
    MemorySegment.copy(state, JAVA_FLOAT, offset + StateLayout.SUMS, context, 0, width);
  }

  void write(MemorySegment state, long offset) {
    state.set(JAVA_FLOAT, offset, max);
    state.set(JAVA_FLOAT, offset + Float.BYTES, sum);
    MemorySegment.copy(context, 0, state, JAVA_FLOAT, offset + StateLayout.SUMS, width);
  }

  /**
   * Merges the state of later rows: with M = max(m, m') all sums become sums·exp(m − M) +
   * sums'·exp(m' − M). An empty state changes nothing, and takes over the other bit for bit.
   */
  void merge(SoftmaxState later) {
    if (later.isEmpty()) {
      return; // exp(−∞ − −∞) would be NaN if both are empty
    }
    if (isEmpty()) {
      max = later.max;
      sum = later.sum;
      System.arraycopy(later.context, 0, context, 0, width);
      return;
    }
    float most = Math.max(max, later.max); // NaN if one is
    float scale = Elementary.exp(max - most);
    float laterScale = Elementary.exp(later.max - most);
    max = most;
    sum = Fma.fma(later.sum, laterScale, sum * scale);
    for (int i = 0; i < context.length; i++) {
      context[i] = Fma.fma(later.context[i], laterScale, context[i] * scale);
    }
  }

  /** Turns the weighted sums into the context; zeros for an empty state. */
  void finish() {
    float divisor = isEmpty() ? 1 : sum;
    for (int i = 0; i < context.length; i++) {
      context[i] /= divisor;
    }
  }
}
