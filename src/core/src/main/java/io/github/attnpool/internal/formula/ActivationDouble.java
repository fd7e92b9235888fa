package io.github.attnpool.internal.formula;

import io.github.attnpool.Activation;

/** The activations in float64, as their formulas read. */
public final class ActivationDouble {
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double GELU_CUBE = 0.044715; // of the published tanh form
  private static final double LEAKY_DIVISOR = 100; // PyTorch's default slope is 0.01
  private static final double EXP_OVERFLOW = -745; // below, exp(−u) is infinite, and −∞/∞ is NaN

  private ActivationDouble() {}

  /** Returns f(u). */
  public static double apply(Activation activation, double u) {
    return switch (activation) {
      case IDENTITY -> u;
      case TANH -> Math.tanh(u);
      case RELU -> Double.isNaN(u) ? u : Math.max(u, 0);
      case GELU -> u / 2 * ErrorFunction.erfc(-u / Math.sqrt(2));
      case GELU_TANH -> u / 2 * (1 + Math.tanh(SQRT_2_OVER_PI * (u + GELU_CUBE * u * u * u)));
      case SIGMOID -> 1 / (1 + Math.exp(-u));
      case LEAKY_RELU -> u < 0 ? u / LEAKY_DIVISOR : u;
      case SILU -> u < EXP_OVERFLOW ? 0 : u / (1 + Math.exp(-u));
    };
  }
}
