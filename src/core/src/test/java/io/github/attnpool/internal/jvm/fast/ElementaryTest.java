package io.github.attnpool.internal.jvm.fast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.Activation;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** tanh and exp; the other activations are in {@link ActivationsTest}. */
class ElementaryTest {
  private static final int BATCH = 4096;
  private static final int STEP = 991; // of the bits, over all floats of either sign

  static Stream<Arguments> kernels() {
    return BothKernels.arguments();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void tanhIsGoodToFiveUlp(TileKernels kernels) {
    double worst =
        worstError(0, Float.POSITIVE_INFINITY, values -> tanh(kernels, values), Math::tanh);
    assertTrue(worst <= (Fma.IN_HARDWARE ? 5 : 7), "tanh is off by " + worst + " ulp");
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void expIsGoodToTwoUlp(TileKernels kernels) {
    double worst = worstError(0, 87.3365f, values -> kernels.exp(values, BATCH, 0), Math::exp);
    assertTrue(worst <= 2, "exp is off by " + worst + " ulp");
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void tanhOfSpecialValues(TileKernels kernels) {
    assumeTrue(Fma.IN_HARDWARE, "results next to 1 are only exact with fused multiply-add");
    float nan = Float.NaN;
    float inf = Float.POSITIVE_INFINITY;
    float[] values = padded(kernels, 0f, -0f, inf, -inf, nan, 8, -8, 100, Float.MIN_VALUE);
    tanh(kernels, values);
    assertBits(new float[] {0f, -0f, 1, -1, nan, 1, -1, 1, Float.MIN_VALUE}, values);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void expOfSpecialValues(TileKernels kernels) {
    float nan = Float.NaN;
    float inf = Float.POSITIVE_INFINITY;
    float[] values = padded(kernels, 3, -inf, inf, nan, -84.4f, -200, 1000);
    kernels.exp(values, values.length, 3);
    assertBits(new float[] {1, 0, inf, nan, 0, 0, inf}, values);
  }

  @Test
  void bothKernelsAgreeBitForBit() {
    TileKernels scalar = BothKernels.scalar();
    TileKernels vector = BothKernels.best();
    float[] values = new float[BATCH];
    for (int i = 0; i < BATCH; i++) {
      values[i] = -90 + i * (100f / BATCH);
    }
    float[] tanh = values.clone();
    float[] exp = values.clone();
    tanh(scalar, tanh);
    scalar.exp(exp, BATCH, 0.25f);
    float[] vectorTanh = values.clone();
    tanh(vector, vectorTanh);
    vector.exp(values, BATCH, 0.25f);
    assertBits(tanh, vectorTanh);
    assertBits(exp, values);
  }

  private static void tanh(TileKernels kernels, float[] values) {
    BothKernels.activate(kernels, Activation.TANH, values);
  }

  private interface Loop {
    void run(float[] values);
  }

  /** The largest error in ulp of the exact result, over floats from −to to to. */
  private static double worstError(float from, float to, Loop loop, DoubleUnaryOperator exact) {
    double worst = 0;
    float[] values = new float[BATCH];
    for (int sign = 0; sign < 2; sign++) {
      long bits = Float.floatToIntBits(from);
      while (bits <= Float.floatToIntBits(to)) {
        for (int i = 0; i < BATCH; i++, bits += STEP) {
          float value = Float.intBitsToFloat((int) Math.min(bits, Float.floatToIntBits(to)));
          values[i] = sign == 0 ? value : -value;
        }
        float[] results = values.clone();
        loop.run(results);
        for (int i = 0; i < BATCH; i++) {
          double expected = exact.applyAsDouble(values[i]);
          double ulp = Math.ulp((float) expected);
          if (Double.isFinite(ulp)) {
            worst = Math.max(worst, Math.abs(results[i] - expected) / ulp);
          }
        }
      }
    }
    return worst;
  }

  private static float[] padded(TileKernels kernels, float... values) {
    return Arrays.copyOf(values, Padding.up(values.length, kernels.lanes()));
  }

  private static void assertBits(float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          Float.floatToIntBits(expected[i]),
          Float.floatToIntBits(actual[i]),
          "value " + i + ": " + expected[i] + ", is " + actual[i]);
    }
  }
}
