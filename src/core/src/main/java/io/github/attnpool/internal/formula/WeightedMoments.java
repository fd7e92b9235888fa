package io.github.attnpool.internal.formula;

import io.github.attnpool.AttentionParameters;

/**
 * The context of weighted rows in float64: for each value the mean Σ α v and, where a layer wants
 * it, √(max(Σ α v² − mean², minimum)) after all means.
 */
public final class WeightedMoments {
  private final boolean deviation;
  private final double minVariance;
  private final double[] sums;
  private final double[] squares;
  private final boolean[] any; // columns that some weight has reached

  /** Without rows. */
  public WeightedMoments(AttentionParameters parameters) {
    this.deviation = parameters.hasStandardDeviation();
    this.minVariance = parameters.minVariance();
    this.sums = new double[parameters.valueWidth()];
    this.squares = new double[parameters.valueWidth()];
    this.any = new boolean[parameters.valueWidth()];
  }

  /** Adds one value with its weight. */
  public void add(int column, double weight, double value) {
    any[column] |= weight != 0;
    // Weights of F32 are 0 below MIN_NORMAL, and 0 times an infinite value would be NaN.
    if (weight != 0 && !(weight < Float.MIN_NORMAL && !Double.isFinite(value))) {
      sums[column] += weight * value;
      squares[column] += weight * value * value;
    }
  }

  /** Returns the context so far. */
  public double[] context() {
    if (!deviation) {
      return sums.clone();
    }
    double[] context = new double[2 * sums.length];
    for (int i = 0; i < sums.length; i++) {
      context[i] = sums[i];
      double variance = squares[i] - sums[i] * sums[i];
      double deviation = Math.sqrt(variance < minVariance ? minVariance : variance);
      context[sums.length + i] = any[i] ? deviation : 0; // as of an empty sequence
    }
    return context;
  }
}
