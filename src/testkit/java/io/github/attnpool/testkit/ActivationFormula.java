package io.github.attnpool.testkit;

import io.github.attnpool.Activation;

/** The activations and their slopes in float64, straight from their formulas. */
public final class ActivationFormula {
  private static final double CUBE = 0.044715;
  private static final double ERF_IS_ONE = 6; // 1 − erf(6) is 2e-17

  private ActivationFormula() {}

  public static double value(Activation f, double z) {
    return switch (f) {
      case IDENTITY -> z;
      case TANH -> Math.tanh(z);
      case RELU -> Math.max(z, 0);
      case GELU -> z * normal(z);
      case GELU_TANH -> z * (1 + Math.tanh(inner(z))) / 2;
      case SIGMOID -> 1 / (1 + Math.exp(-z));
      case LEAKY_RELU -> Math.max(z, z / 100);
      case SILU -> z / (1 + Math.exp(-z));
    };
  }

  /** f'(z); at the corner of relu and leaky relu 1. */
  public static double slope(Activation f, double z) {
    return switch (f) {
      case IDENTITY -> 1;
      case TANH -> 1 - Math.pow(Math.tanh(z), 2);
      case RELU -> z < 0 ? 0 : 1;
      case GELU -> normal(z) + z * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
      case GELU_TANH -> {
        double tanh = Math.tanh(inner(z));
        double innerSlope = Math.sqrt(2 / Math.PI) * (1 + 3 * CUBE * z * z);
        yield (1 + tanh + z * (1 - tanh * tanh) * innerSlope) / 2;
      }
      case SIGMOID -> value(f, z) * (1 - value(f, z));
      case LEAKY_RELU -> z < 0 ? 0.01 : 1;
      case SILU -> {
        double sigmoid = value(Activation.SIGMOID, z);
        yield sigmoid + z * sigmoid * (1 - sigmoid);
      }
    };
  }

  private static double inner(double z) {
    return Math.sqrt(2 / Math.PI) * (z + CUBE * z * z * z);
  }

  /** Φ(z), the normal distribution. */
  private static double normal(double z) {
    return (1 + erf(z / Math.sqrt(2))) / 2;
  }

  /** 2/√π · exp(−x²) · Σ 2^n x^(2n+1) / (1·3·5…(2n+1)), whose terms are all of one sign. */
  public static double erf(double x) {
    if (Math.abs(x) > ERF_IS_ONE) {
      return Math.signum(x);
    }
    double sum = 0;
    double term = x;
    for (int n = 0; sum + term != sum; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
