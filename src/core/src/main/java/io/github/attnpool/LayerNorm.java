package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.maps.StepArrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation, as PyTorch's {@code nn.LayerNorm} over the last dimension: y = (x −
 * mean)/√(variance + ε) ⊙ weight + bias, with the mean and the variance (of all values, not
 * corrected) of the row. With <i>groups</i>, a row is that many parts side by side, each normalised
 * by itself. Immutable and thread-safe: arrays are copied in and out.
 */
public final class LayerNorm implements Step {
  private static final Arguments ARGUMENTS = new Arguments("layer norm");

  private final int width;
  private final int groups;
  private final float[] weight;
  private final float[] bias;
  private final double epsilon;

  private LayerNorm(int width, int groups, float[] weight, float[] bias, double epsilon) {
    this.width = width;
    this.groups = groups;
    this.weight = weight;
    this.bias = bias;
    this.epsilon = epsilon;
  }

  /**
   * Makes a normalisation of whole rows.
   *
   * @param weight one factor per value of a row
   * @param bias one addend per value of a row; empty for none
   * @param epsilon ε, positive; PyTorch's default is 1e-5
   * @return the step
   * @throws AttnPoolException if a size or ε is wrong
   */
  public static LayerNorm of(float[] weight, Optional<float[]> bias, double epsilon) {
    return of(weight, bias, epsilon, 1);
  }

  /**
   * Makes a normalisation of the parts of a row.
   *
   * @param weight one factor per value of a row
   * @param bias one addend per value of a row; empty for none
   * @param epsilon ε, positive
   * @param groups number of parts of equal width
   * @return the step
   * @throws AttnPoolException if a size or ε is wrong, or the parts are not of equal width
   */
  public static LayerNorm of(float[] weight, Optional<float[]> bias, double epsilon, int groups) {
    float[] factors = StepArrays.copied(ARGUMENTS.operation(), "weight", weight);
    int width = factors.length;
    float[] addends =
        StepArrays.sized(
            ARGUMENTS.operation(), "the bias", orNull(ARGUMENTS.given("bias", bias)), width, 0);
    ARGUMENTS.must(
        epsilon > 0 && Double.isFinite(epsilon),
        () -> "epsilon is %s, must be a positive number".formatted(epsilon));
    ARGUMENTS.must(
        groups > 0 && width % groups == 0,
        () ->
            String.format(
                Locale.ROOT, "%d values cannot be normalised in %d equal parts", width, groups));
    return new LayerNorm(width, groups, factors, addends, epsilon);
  }

  private static float @Nullable [] orNull(Optional<float[]> values) {
    return values.orElse(null);
  }

  /** {@return the number of values in a row} */
  public int width() {
    return width;
  }

  /** {@return the number of parts of a row that are normalised by themselves} */
  public int groups() {
    return groups;
  }

  /** {@return a copy of the factors, one per value of a row} */
  public float[] weight() {
    return weight.clone();
  }

  /** {@return a copy of the addends, one per value of a row; zeros without a bias} */
  public float[] bias() {
    return bias.clone();
  }

  /** {@return ε} */
  public double epsilon() {
    return epsilon;
  }
}
