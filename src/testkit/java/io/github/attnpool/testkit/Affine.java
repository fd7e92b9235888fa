package io.github.attnpool.testkit;

import io.github.attnpool.Linear;

/** y = weight · x + bias in float64, in the order of the formula. */
public final class Affine {
  private final float[] weight;
  private final float[] bias;

  public Affine(Linear map) {
    weight = map.weight();
    bias = map.bias().orElseGet(() -> new float[map.outFeatures()]);
  }

  /** The map with its weight rounded to bfloat16. */
  public static Affine bfloat16(Linear map) {
    Affine affine = new Affine(map);
    for (int i = 0; i < affine.weight.length; i++) {
      affine.weight[i] = (float) Bfloat16.round(affine.weight[i]);
    }
    return affine;
  }

  public double[] apply(double[] x) {
    double[] y = new double[bias.length];
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += weight(o, i) * x[i];
      }
      y[o] += bias[o];
    }
    return y;
  }

  /** |weight| · |x| + |bias|: the size of the numbers that {@link #apply} adds up. */
  public double[] magnitude(double[] x) {
    double[] y = stretch(x);
    for (int o = 0; o < y.length; o++) {
      y[o] += Math.abs(bias[o]);
    }
    return y;
  }

  /** |weight| · |error|: how far y may be off where x is off by that. */
  public double[] stretch(double[] error) {
    double[] y = new double[bias.length];
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < error.length; i++) {
        y[o] += Math.abs(weight(o, i) * error[i]);
      }
    }
    return y;
  }

  public double weight(int output, int input) {
    return weight[output * (weight.length / bias.length) + input];
  }
}
