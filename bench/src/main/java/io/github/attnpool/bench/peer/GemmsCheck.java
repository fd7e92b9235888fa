package io.github.attnpool.bench.peer;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.Precision;
import io.github.attnpool.bench.Inputs;
import io.github.attnpool.internal.maps.PlainLayer;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Checks that {@link GemmsKind} multiplies by the weights of the layer. */
final class GemmsCheck {
  private static final double F32_TOLERANCE = 1e-5;
  private static final double BF16_TOLERANCE = 2e-2;

  private GemmsCheck() {}

  /** Returns W, with V below it if there is a gate. */
  static float[] stacked(AttentionParameters parameters) {
    float[] w = PlainLayer.of(parameters).hidden().orElseThrow().weight();
    float[] v = PlainLayer.of(parameters).gate().map(Linear::weight).orElse(new float[0]);
    float[] both = Arrays.copyOf(w, w.length + v.length);
    System.arraycopy(v, 0, both, w.length, v.length);
    return both;
  }

  /**
   * Compares the units of the first row of the first input with float64.
   *
   * @throws IllegalStateException if they differ
   */
  static void check(Work work, Inputs inputs, float[] units) {
    AttentionParameters parameters = work.model().parameters();
    double[] x =
        IntStream.range(0, inputs.shape().width()).mapToDouble(i -> inputs.element(0, i)).toArray();
    double[] row =
        PlainLayer.of(parameters).projection().map(map -> product(map.weight(), x)).orElse(x);
    double[] expected = product(stacked(parameters), row);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(units[i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    double error = Math.sqrt(difference / norm);
    boolean f32 = work.arithmetic().precision() == Precision.F32;
    if (!(error <= (f32 ? F32_TOLERANCE : BF16_TOLERANCE))) {
      throw new IllegalStateException("the multiplications alone are wrong by " + error);
    }
  }

  private static double[] product(float[] weight, double[] x) {
    double[] y = new double[weight.length / x.length];
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += (double) weight[o * x.length + i] * x[i];
      }
    }
    return y;
  }
}
