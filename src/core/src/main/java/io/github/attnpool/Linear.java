package io.github.attnpool;

import java.util.Optional;

/**
 * A dense linear map y = weight · x + bias, as in PyTorch's {@code nn.Linear}: weight is row-major
 * [outFeatures, inFeatures], bias is [outFeatures] or absent. Immutable: arrays are copied in and
 * out.
 */
public final class Linear {
  private final int outFeatures;
  private final int inFeatures;
  private final float[] weight;
  private final float[] bias;

  private Linear(int outFeatures, int inFeatures, float[] weight, float[] bias) {
    this.outFeatures = positive("outFeatures", outFeatures);
    this.inFeatures = positive("inFeatures", inFeatures);
    this.weight =
        sized("weight", weight, (long) outFeatures * inFeatures, outFeatures + "x" + inFeatures);
    this.bias = bias == null ? null : sized("bias", bias, outFeatures, "" + outFeatures);
  }

  /** A map without bias. */
  public static Linear of(int outFeatures, int inFeatures, float[] weight) {
    return new Linear(outFeatures, inFeatures, weight, null);
  }

  /**
   * A map with bias.
   *
   * @param weight row-major [outFeatures, inFeatures]
   * @param bias [outFeatures]
   * @throws AttnPoolException if a size does not fit or a bias is missing
   */
  public static Linear of(int outFeatures, int inFeatures, float[] weight, float[] bias) {
    if (bias == null) {
      throw new AttnPoolException("linear map", "bias is null; leave it out instead");
    }
    return new Linear(outFeatures, inFeatures, weight, bias);
  }

  /** Number of values the map yields. */
  public int outFeatures() {
    return outFeatures;
  }

  /** Number of values the map takes. */
  public int inFeatures() {
    return inFeatures;
  }

  /** Row-major [outFeatures, inFeatures]; a copy. */
  public float[] weight() {
    return weight.clone();
  }

  /** [outFeatures], or empty; a copy. */
  public Optional<float[]> bias() {
    return bias == null ? Optional.empty() : Optional.of(bias.clone());
  }

  private static int positive(String name, int value) {
    if (value <= 0) {
      throw new AttnPoolException("linear map", name + " is " + value + ", must be at least 1");
    }
    return value;
  }

  private static float[] sized(String name, float[] values, long count, String shape) {
    if (values == null || values.length != count) {
      throw new AttnPoolException(
          "linear map",
          name
              + (values == null ? " is null" : " has " + values.length + " values")
              + ", must have "
              + count
              + " ("
              + shape
              + ")");
    }
    return values.clone();
  }
}
