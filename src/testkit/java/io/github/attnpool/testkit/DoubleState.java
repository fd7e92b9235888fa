package io.github.attnpool.testkit;

import java.util.Arrays;

/** A running softmax over rows and their weighted sum, in float64, per head. */
public final class DoubleState {
  private final double[] largest;
  private final double[] sums;
  private final double[][] contexts; // not yet divided

  public DoubleState(int heads, int width) {
    this.largest = new double[heads];
    this.sums = new double[heads];
    this.contexts = new double[heads][width];
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
  }

  /** Adds a row with its scores. */
  public void add(double[] scores, double[] row) {
    for (int head = 0; head < sums.length; head++) {
      scaleTo(head, Math.max(largest[head], scores[head]));
      double weight = Math.exp(scores[head] - largest[head]);
      add(head, weight, weight, row);
    }
  }

  /** Adds the rows of another, which has some. */
  public void merge(DoubleState other) {
    for (int head = 0; head < sums.length; head++) {
      scaleTo(head, Math.max(largest[head], other.largest[head]));
      double factor = Math.exp(other.largest[head] - largest[head]);
      add(head, factor * other.sums[head], factor, other.contexts[head]);
    }
  }

  private void scaleTo(int head, double newLargest) {
    if (newLargest > largest[head]) {
      double factor = Math.exp(largest[head] - newLargest);
      largest[head] = newLargest;
      sums[head] *= factor;
      for (int i = 0; i < contexts[head].length; i++) {
        contexts[head][i] *= factor;
      }
    }
  }

  private void add(int head, double weight, double factor, double[] row) {
    sums[head] += weight;
    double[] context = contexts[head];
    for (int i = 0; i < context.length; i++) {
      context[i] += factor * row[i];
    }
  }

  /** The weight of a row of that score. */
  public double weight(int head, double score) {
    return Math.exp(score - largest[head]) / sums[head];
  }

  /** Writes a head's context. */
  public void context(int head, double[] to, int at) {
    for (int i = 0; i < contexts[head].length; i++) {
      to[at + i] = contexts[head][i] / sums[head];
    }
  }
}
