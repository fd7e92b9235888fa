package io.github.attnpool.parity;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.Affine;
import io.github.attnpool.testkit.RowFormula;
import io.github.attnpool.testkit.Variant;

/**
 * What float32 alone costs, whatever the algorithm, for one sequence and head. All bounds are in
 * the 2-norm and follow from the reference.
 *
 * <p><b>Large scores.</b> A score e that goes into the softmax as a float32 is off by up to h =
 * ulp(e)/2; and by what the sums that make it are off, where that is counted ({@link RowFormula}).
 * That multiplies exp(e) by up to exp(h), and the softmax's sum by up to S = 1 + Σ α (exp(h) − 1);
 * so a weight α is off by up to α (S exp(h) − 1). The context is off by up to the sum of those
 * times ‖x‖.
 *
 * <p><b>Subnormal numbers.</b> Below 2^-126 float32's numbers are 2^-149 apart, so each rounding
 * there is off by up to 2^-150, however small the result. (Sums are exact there; products are not.)
 */
final class RoundingBounds {
  private static final double HALF_SPACING = 0x1p-150;

  private final Variant variant;
  private final AttentionParameters parameters;
  private final int head;
  private final double[] weightError;

  /**
   * Everything is of the kept rows.
   *
   * @param sums what scores are off by because they are sums, of whatever they are sums of
   */
  RoundingBounds(
      Variant variant,
      AttentionParameters parameters,
      int head,
      double[] scores,
      double[] weights,
      double[] sums) {
    this.variant = variant;
    this.parameters = parameters;
    this.head = head;
    double[] factor = new double[scores.length];
    double sum = 1;
    for (int t = 0; t < factor.length; t++) {
      double h = Math.ulp((float) scores[t]) / 2.0 + sums[t];
      factor[t] = variant.isDouble() ? 1 : Math.exp(h);
      sum += weights[t] * (factor[t] - 1);
    }
    weightError = new double[factor.length];
    for (int t = 0; t < factor.length; t++) {
      weightError[t] = weights[t] * (sum * factor[t] - 1);
    }
  }

  /** By the rounding of scores, of the sequence's weights. */
  double weights() {
    return Agreement.norm(weightError);
  }

  /** By the rounding of scores, of the sequence's context. */
  double context(double[] rowNorms) {
    double bound = 0;
    for (int t = 0; t < weightError.length; t++) {
      bound += weightError[t] * rowNorms[t];
    }
    return bound;
  }

  /**
   * By subnormal spacing, of the sequence's scores: one rounding of the result; in float32 also one
   * for each of the H products in a hidden value, which reach the score times |a| because tanh does
   * not stretch, and one for each of the D products in the score.
   */
  double scores() {
    double roundings = 1;
    if (!variant.isDouble()) {
      Linear score = PlainLayer.of(parameters).score();
      roundings += score.inFeatures();
      Affine a = new Affine(score);
      for (int d = 0; d < parameters.units(); d++) {
        roundings += Math.abs(a.weight(head, d)) * parameters.width();
      }
    }
    return HALF_SPACING * roundings * Math.sqrt(weightError.length);
  }

  /** By subnormal spacing, of the context: one rounding, in float32 also one for each product. */
  double contextSpacing() {
    double roundings = variant.isDouble() ? 1 : 1 + weightError.length;
    return HALF_SPACING * roundings * Math.sqrt(parameters.width());
  }
}
