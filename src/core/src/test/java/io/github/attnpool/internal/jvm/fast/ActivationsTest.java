package io.github.attnpool.internal.jvm.fast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.testkit.ActivationFormula;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The activations of both kernels against float64. */
class ActivationsTest {
  private static final int BATCH = 4096;
  private static final int STEP = 991; // of the bits, over all floats of either sign
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NEARLY = 1e-6f; // exactly, with fused multiply-add

  static Stream<Arguments> kernelsAndActivations() {
    return Stream.of(BothKernels.scalar(), BothKernels.best())
        .flatMap(
            kernels ->
                Arrays.stream(Activation.values())
                    .map(f -> Arguments.of(Named.of(kernels.isa(), kernels), f)));
  }

  /** In ulp of the result, where u is at least −1, or everywhere. */
  private static double tolerance(Activation activation) {
    double inHardware =
        switch (activation) {
          case IDENTITY, RELU -> 0;
          case TANH, GELU -> 5;
          case GELU_TANH, SIGMOID, SILU -> 3;
          case LEAKY_RELU -> 1;
        };
    return Fma.IN_HARDWARE ? inHardware : 1.5 * inHardware;
  }

  @ParameterizedTest
  @MethodSource("kernelsAndActivations")
  void agreeWithFloat64(TileKernels kernels, Activation activation) {
    boolean tail =
        switch (activation) {
          case GELU, GELU_TANH, SILU -> true;
          default -> false;
        };
    float[] values = new float[BATCH];
    for (int sign = 0; sign < 2; sign++) {
      for (long bits = 0; bits <= Float.floatToIntBits(Float.MAX_VALUE); ) {
        for (int i = 0; i < BATCH; i++, bits += STEP) {
          float value =
              Float.intBitsToFloat((int) Math.min(bits, Float.floatToIntBits(Float.MAX_VALUE)));
          values[i] = sign == 0 ? value : -value;
        }
        float[] results = values.clone();
        BothKernels.activate(kernels, activation, results);
        for (int i = 0; i < BATCH; i++) {
          float u = values[i];
          double expected = ActivationFormula.value(activation, u);
          double allowed =
              tail && u < -1 ? -u * 0x1p-24 : tolerance(activation) * Math.ulp((float) expected);
          if (activation == Activation.SIGMOID && u < -87) {
            allowed = Float.MIN_NORMAL; // exp(−u) overflows in between
          }
          assertEquals(expected, results[i], allowed, () -> activation + " of " + u);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernelsAndActivations")
  void addTheBiasFirst(TileKernels kernels, Activation activation) {
    float[] values = BothKernels.uniform(new Random(1), BATCH, 4);
    float[] bias = BothKernels.uniform(new Random(2), BATCH, 4);
    float[] sums = new float[BATCH];
    for (int i = 0; i < BATCH; i++) {
      sums[i] = values[i] + bias[i];
    }
    BothKernels.activate(kernels, activation, sums);
    kernels.activate(activation, values, bias, BATCH, new float[BATCH]);
    assertArrayEquals(sums, values);
  }

  @ParameterizedTest
  @EnumSource
  void areTheSameBitsInBothKernels(Activation activation) {
    float[] values = new float[BATCH];
    for (int i = 0; i < BATCH; i++) {
      values[i] = -100 + i * (200f / BATCH);
    }
    float[] others = values.clone();
    BothKernels.activate(BothKernels.scalar(), activation, values);
    BothKernels.activate(BothKernels.best(), activation, others);
    assertArrayEquals(values, others);
  }

  @ParameterizedTest
  @MethodSource("kernelsAndActivations")
  void ofSpecialValues(TileKernels kernels, Activation activation) {
    float[] values = new float[16];
    values[1] = INF;
    values[2] = Float.NaN;
    values[3] = -1000;
    values[4] = -INF;
    BothKernels.activate(kernels, activation, values);
    boolean half = activation == Activation.SIGMOID;
    assertEquals(half ? 0.5f : 0f, values[0]);
    boolean bounded = half || activation == Activation.TANH;
    assertEquals(bounded ? 1 : INF, values[1], NEARLY);
    assertTrue(Float.isNaN(values[2]), activation + " of NaN is " + values[2]);
    switch (activation) {
      case IDENTITY -> assertArrayEquals(new float[] {-1000, -INF}, from3(values));
      case TANH -> assertArrayEquals(new float[] {-1, -1}, from3(values), NEARLY);
      case RELU, SIGMOID -> assertArrayEquals(new float[] {0, 0}, from3(values));
      case LEAKY_RELU -> assertArrayEquals(new float[] {-10, -INF}, from3(values));
      case SILU -> assertArrayEquals(new float[] {-0f, -0f}, from3(values));
      case GELU, GELU_TANH -> assertEquals(0f, Math.abs(values[3])); // and −∞·0 is not a number
    }
  }

  private static float[] from3(float[] values) {
    return Arrays.copyOfRange(values, 3, 5);
  }
}
