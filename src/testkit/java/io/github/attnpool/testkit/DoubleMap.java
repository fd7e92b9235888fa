package io.github.attnpool.testkit;

import io.github.attnpool.Linear;
import java.util.Arrays;

/** A dense map in float64, for a few rows at once, which share each read of the weights. */
public final class DoubleMap {
  /** Rows that one call takes. */
  public static final int ROWS = 4;

  private final int inputs;
  private final double[] transposed; // [inputs, outputs]
  private final double[] bias;

  DoubleMap(Linear map) {
    this.inputs = map.inFeatures();
    this.bias = new double[map.outFeatures()];
    this.transposed = new double[inputs * bias.length];
    float[] weight = map.weight();
    float[] given = map.bias().orElseGet(() -> new float[bias.length]);
    for (int o = 0; o < bias.length; o++) {
      bias[o] = given[o];
      for (int i = 0; i < inputs; i++) {
        transposed[i * bias.length + o] = weight[o * inputs + i];
      }
    }
  }

  int outputs() {
    return bias.length;
  }

  /** Room for results. */
  double[][] room() {
    return new double[ROWS][bias.length];
  }

  /** y = weight · x + bias of each row. */
  void apply(double[][] x, double[][] y) {
    double[] y0 = y[0];
    double[] y1 = y[1];
    double[] y2 = y[2];
    double[] y3 = y[3];
    Arrays.stream(y).forEach(row -> System.arraycopy(bias, 0, row, 0, bias.length));
    for (int i = 0; i < inputs; i++) {
      double x0 = x[0][i];
      double x1 = x[1][i];
      double x2 = x[2][i];
      double x3 = x[3][i];
      int base = i * bias.length;
      for (int o = 0; o < bias.length; o++) {
        double weight = transposed[base + o];
        y0[o] += x0 * weight;
        y1[o] += x1 * weight;
        y2[o] += x2 * weight;
        y3[o] += x3 * weight;
      }
    }
  }
}
