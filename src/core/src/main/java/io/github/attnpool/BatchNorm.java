package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.maps.StepArrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Batch normalisation as in evaluation, as PyTorch's {@code nn.BatchNorm1d}: y = (x −
 * mean)/√(variance + ε) ⊙ weight + bias, with the running mean and variance of each column. That is
 * a factor and an addend per column; engines fold them into the linear map before or after it where
 * they can. Immutable and thread-safe: arrays are copied.
 */
public final class BatchNorm implements Step {
  private static final Arguments ARGUMENTS = new Arguments("batch norm");

  private final double[] scale;
  private final double[] shift;

  private BatchNorm(double[] scale, double[] shift) {
    this.scale = scale;
    this.shift = shift;
  }

  /**
   * Makes the step.
   *
   * @param mean the running mean of each column
   * @param variance the running variance of each column, not negative
   * @param weight a factor per column; empty for 1
   * @param bias an addend per column; empty for 0
   * @param epsilon ε, positive; PyTorch's default is 1e-5
   * @return the step
   * @throws AttnPoolException if the arrays differ in size, a variance is negative or ε is not
   *     positive
   */
  public static BatchNorm of(
      float[] mean,
      float[] variance,
      Optional<float[]> weight,
      Optional<float[]> bias,
      double epsilon) {
    String operation = ARGUMENTS.operation();
    float[] means = StepArrays.copied(operation, "mean", mean);
    int width = means.length;
    float[] variances =
        StepArrays.sized(
            operation, "the variance", ARGUMENTS.given("variance", variance), width, 1);
    float[] factors =
        StepArrays.sized(
            operation, "the weight", ARGUMENTS.given("weight", weight).orElse(null), width, 1);
    float[] addends =
        StepArrays.sized(
            operation, "the bias", ARGUMENTS.given("bias", bias).orElse(null), width, 0);
    ARGUMENTS.must(
        epsilon > 0 && Double.isFinite(epsilon),
        () -> "epsilon is %s, must be a positive number".formatted(epsilon));
    double[] scale = new double[width];
    double[] shift = new double[width];
    for (int i = 0; i < width; i++) {
      int column = i;
      ARGUMENTS.must(
          !(variances[column] < 0),
          () ->
              String.format(
                  Locale.ROOT, "the variance of column %d is %s", column, variances[column]));
      scale[i] = factors[i] / Math.sqrt(variances[i] + epsilon);
      shift[i] = addends[i] - means[i] * scale[i];
    }
    return new BatchNorm(scale, shift);
  }

  /** {@return the number of values in a row} */
  public int width() {
    return scale.length;
  }

  /** {@return a copy of the factors s of y = s ⊙ x + t, one per column} */
  public double[] scale() {
    return scale.clone();
  }

  /** {@return a copy of the addends t of y = s ⊙ x + t, one per column} */
  public double[] shift() {
    return shift.clone();
  }
}
