package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * oneDNN's softmax, and for layers that want it a constant added to the denominator. What oneDNN
 * makes of NaN and infinities differs with the number of scores, so it never sees those that decide
 * all weights: NaN or +∞ make all of them NaN, and of scores that are all −∞ they are zeros.
 */
final class StagedSoftmax implements AutoCloseable {
  private final Softmax softmax = new Softmax();
  private final float epsilon;

  StagedSoftmax(float epsilon) {
    this.epsilon = epsilon;
  }

  /** weights[first…first+count) = softmax(scores[first…first+count)). */
  void run(MemorySegment scores, long first, long count, MemorySegment weights) {
    float max = Float.NEGATIVE_INFINITY;
    for (long t = first; t < first + count; t++) {
      max = Math.max(max, scores.getAtIndex(JAVA_FLOAT, t)); // NaN if one is
    }
    if (!Float.isFinite(max)) {
      float weight = max == Float.NEGATIVE_INFINITY ? 0 : Float.NaN;
      for (long t = first; t < first + count; t++) {
        weights.setAtIndex(JAVA_FLOAT, t, weight);
      }
      return;
    }
    softmax.run(scores, first, count, weights);
    if (epsilon == 0) {
      return;
    }
    double sum = 0;
    for (long t = first; t < first + count; t++) {
      sum += StrictMath.exp(scores.getAtIndex(JAVA_FLOAT, t) - max);
    }
    // Σ exp(e) / (Σ exp(e) + ε), with exp(max) taken out of both.
    double factor = sum / (sum + epsilon * StrictMath.exp(-max));
    for (long t = first; t < first + count; t++) {
      weights.setAtIndex(JAVA_FLOAT, t, (float) (weights.getAtIndex(JAVA_FLOAT, t) * factor));
    }
  }

  @Override
  public void close() {
    softmax.close();
  }
}
