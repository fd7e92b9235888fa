package io.github.attnpool;

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
}
