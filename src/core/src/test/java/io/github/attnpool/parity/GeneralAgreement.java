package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Precision;
import io.github.attnpool.testkit.Result;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;

/** Whether a run of a layer with stages of any steps agrees with its formulas in float64. */
public final class GeneralAgreement {
  private static final double TOLERANCE = 3e-6;
  private static final double BF16_TOLERANCE = 5e-2; // of maps in a row, each of rounded numbers

  private GeneralAgreement() {}

  /**
   * Fails on the first disagreement.
   *
   * @param least size of a value at least, for rows whose terms may cancel: a score that is all but
   *     0 is the sum of terms that are not; 0 where there are enough values that do not
   */
  public static void check(
      String name, Result expected, Run actual, Variant variant, double least) {
    double tolerance = variant.precision() == Precision.BF16 ? BF16_TOLERANCE : TOLERANCE;
    compare(name + " scores", expected.scores, actual.scores, tolerance, least);
    compare(name + " weights", expected.weights, actual.weights, tolerance * 5, 0);
    compare(name + " context", expected.context, actual.context, tolerance, least);
    compare(name + " logits", expected.logits, actual.logits, tolerance * 2, least);
  }

  /** Relative in the 2-norm of all values; infinite ones must be the same. */
  private static void compare(
      String what, double[] expected, float[] actual, double tolerance, double least) {
    assertEquals(expected.length, actual.length, what);
    double size = least * least * expected.length;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Double.isInfinite(expected[i])) {
        assertEquals(expected[i], actual[i], what);
      } else {
        size += expected[i] * expected[i];
        error += Math.pow(expected[i] - actual[i], 2);
      }
    }
    double relative = size == 0 ? error : Math.sqrt(error / size);
    assertTrue(relative <= tolerance, () -> what + " is off by " + relative);
  }
}
