package io.github.attnpool;

import java.util.Optional;

/**
 * A dense linear map y = weight · x + bias, as in PyTorch's {@code nn.Linear}: weight is row-major
 * [outputs, inputs], bias is [outputs] or absent. Immutable: arrays are copied in and out.
 */
public final class Linear {
  private final int outputs;
  private final int inputs;
  private final float[] weight;
  private final float[] bias;

  private Linear(int outputs, int inputs, float[] weight, float[] bias) {
    this.outputs = positive("outputs", outputs);
    this.inputs = positive("inputs", inputs);
    this.weight = sized("weight", weight, (long) outputs * inputs, outputs + "x" + inputs);
    this.bias = bias == null ? null : sized("bias", bias, outputs, "" + outputs);
  }

  /** A map without bias. */
  public static Linear of(int outputs, int inputs, float[] weight) {
    return new Linear(outputs, inputs, weight, null);
  }

  /**
   * A map with bias.
   *
   * @param weight row-major [outputs, inputs]
   * @param bias [outputs]
   * @throws AttnPoolException if a size does not fit or a bias is missing
   */
  public static Linear of(int outputs, int inputs, float[] weight, float[] bias) {
    if (bias == null) {
      throw new AttnPoolException("linear map", "bias is null; leave it out instead");
    }
    return new Linear(outputs, inputs, weight, bias);
  }

  /** Number of values the map yields. */
  public int outputs() {
    return outputs;
  }

  /** Number of values the map takes. */
  public int inputs() {
    return inputs;
  }

  /** Row-major [outputs, inputs]; a copy. */
  public float[] weight() {
    return weight.clone();
  }

  /** [outputs], or empty; a copy. */
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
