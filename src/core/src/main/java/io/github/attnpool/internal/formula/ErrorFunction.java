package io.github.attnpool.internal.formula;

/**
 * The complementary error function in float64.
 *
 * <p>Up to a limit erfc x = 1 − erf x, with the series of positive terms erf x = 2/√π · exp(−x²) ·
 * Σ 2ⁿ·x²ⁿ⁺¹/(1·3·…·(2n+1)) (Abramowitz and Stegun, 7.1.6). Beyond it, where that difference would
 * cancel, the continued fraction √π · exp(x²) · erfc x = 1/(x + ½/(x + 1/(x + 1½/(x + 2/(x + …)))))
 * (7.1.14).
 */
public final class ErrorFunction {
  private static final double SERIES_LIMIT = 1.25;
  private static final double UNDERFLOW = 27.3; // erfc is below half the least double from here on
  private static final int SERIES_TERMS = 30; // what follows is below 2⁻⁶⁰ of the sum
  private static final int FRACTION_TERMS = 120; // what follows changes less than 2⁻⁵¹
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
  private static final double SQRT_PI = Math.sqrt(Math.PI);
  private static final long HIGH_HALF = -1L << 27; // of a double's bits: its square is exact

  private ErrorFunction() {}

  /** Returns 1 − erf x, with a relative error below 6e-15 down to the least normal double. */
  public static double erfc(double x) {
    if (x < 0) {
      return 2 - erfc(-x);
    }
    if (x < SERIES_LIMIT) {
      return 1 - series(x);
    }
    if (x > UNDERFLOW) {
      return 0;
    }
    return expOfMinusSquare(x) / (SQRT_PI * fraction(x)); // NaN for NaN
  }

  /** erf x. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < SERIES_TERMS; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
  }

  /** x + ½/(x + 1/(x + …)). */
  private static double fraction(double x) {
    double value = x;
    for (int n = FRACTION_TERMS; n > 0; n--) {
      value = x + n / 2.0 / value;
    }
    return value;
  }

  /** exp(−x²) with x² = h² + (x − h)·(x + h), of which h² is exact. */
  private static double expOfMinusSquare(double x) {
    double high = Double.longBitsToDouble(Double.doubleToRawLongBits(x) & HIGH_HALF);
    return Math.exp(-high * high) * Math.exp(-(x - high) * (x + high));
  }
}
