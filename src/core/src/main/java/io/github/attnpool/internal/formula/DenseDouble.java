package io.github.attnpool.internal.formula;

import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.LinearArrays;

/** A linear map with float64 sums. */
public final class DenseDouble {
  private final int outputs;
  private final float[] weight;
  private final float[] bias;

  public DenseDouble(Linear map) {
    this.outputs = map.outFeatures();
    this.weight = LinearArrays.weight(map);
    this.bias = EffectiveMaps.bias(map);
  }

  /** Returns weight·x + bias. */
  public double[] apply(double[] x) {
    double[] y = new double[outputs];
    for (int o = 0; o < y.length; o++) {
      double sum = bias[o];
      int row = o * x.length;
      for (int i = 0; i < x.length; i++) {
        sum += (double) weight[row + i] * x[i];
      }
      y[o] = sum;
    }
    return y;
  }
}
