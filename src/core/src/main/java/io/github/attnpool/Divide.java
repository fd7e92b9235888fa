package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.maps.LinearArrays;
import java.util.List;

/**
 * Divides the scores: a temperature.
 *
 * @param by positive
 */
public record Divide(float by) implements Step {
  /**
   * Checks the divisor.
   *
   * @throws AttnPoolException if it is not a positive number
   */
  public Divide {
    new Arguments("divide")
        .must(
            by > 0 && Float.isFinite(by),
            () -> "the temperature is %s, must be a positive number".formatted(by));
  }

  /**
   * Checks that what is divided stays F32: engines divide maps and biases before they use them, and
   * 0 times an infinite weight would be NaN.
   *
   * @throws AttnPoolException if a weight or bias of a score stage divided by its divisors is
   *     beyond the range of F32
   */
  static void checkRange(List<Step> score) {
    double by = 1;
    for (Step step : score.reversed()) {
      switch (step) {
        case Divide(float more) -> by *= more;
        case Linear map -> {
          checkRange(LinearArrays.weight(map), by);
          checkRange(LinearArrays.bias(map).orElseGet(() -> new float[0]), by);
        }
        case StepBias bias -> checkRange(bias.values(), by);
        default -> by = 1; // nothing is divided across these
      }
    }
  }

  private static void checkRange(float[] values, double by) {
    if (by >= 1) {
      return;
    }
    for (float value : values) {
      if (Float.isFinite(value) && Float.isInfinite((float) (value / by))) {
        // Of a single division this is the float that was given, not its digits in float64.
        String divisor = (float) by == by ? Float.toString((float) by) : Double.toString(by);
        throw new AttnPoolException(
            "build layer",
            "%s of the score stage divided by the temperature %s is beyond F32, must be below 3.4e38"
                .formatted(value, divisor));
      }
    }
  }
}
