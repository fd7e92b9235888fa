package io.github.attnpool.bench.peer;

import io.github.attnpool.Precision;
import io.github.attnpool.bench.Inputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Checks that {@link GemmsKind} multiplies by the weights of the layer. */
final class GemmsCheck {
  private static final double F32_TOLERANCE = 1e-5;
  private static final double BF16_TOLERANCE = 2e-2;

  private GemmsCheck() {}

  /**
   * Compares the results for the first row of the first input with float64.
   *
   * @param results of all multiplications, one after the other
   * @throws IllegalStateException if they differ
   */
  static void check(Work work, Inputs inputs, float[] results) {
    double[] x =
        IntStream.range(0, inputs.shape().width()).mapToDouble(i -> inputs.element(0, i)).toArray();
    List<double[]> rows = new ArrayList<>();
    for (Multiplication one : Multiplication.of(work.model().parameters())) {
      rows.add(product(one.map().weight(), one.source() < 0 ? x : rows.get(one.source())));
    }
    double[] expected = rows.stream().flatMapToDouble(Arrays::stream).toArray();
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(results[i] - expected[i], 2);
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
