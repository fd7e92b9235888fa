package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.maps.LinearArrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A dense linear map y = weight · x + bias, as PyTorch's {@code nn.Linear}: weight is row-major
 * [outFeatures, inFeatures], bias is [outFeatures] or absent. Immutable and thread-safe: arrays are
 * copied in and out.
 */
public final class Linear implements Step {
  private static final Arguments ARGUMENTS = new Arguments("linear map");

  static {
    LinearArrays.provide(new Shared());
  }

  private final int outFeatures;
  private final int inFeatures;
  private final float[] weight;
  private final Optional<float[]> bias;

  private Linear(
      int outFeatures, int inFeatures, float @Nullable [] weight, Optional<float[]> bias) {
    this.outFeatures = positive("outFeatures", outFeatures);
    this.inFeatures = positive("inFeatures", inFeatures);
    this.weight =
        sized("weight", weight, (long) outFeatures * inFeatures, outFeatures + "x" + inFeatures);
    this.bias = bias.map(values -> sized("bias", values, outFeatures, "" + outFeatures));
  }

  /**
   * Makes a map without bias.
   *
   * @param outFeatures number of values that the map gives
   * @param inFeatures number of values that the map takes
   * @param weight row-major [outFeatures, inFeatures]
   * @return the map
   * @throws AttnPoolException if a size is not positive or the weight has another size
   */
  public static Linear of(int outFeatures, int inFeatures, float[] weight) {
    return new Linear(outFeatures, inFeatures, copy(weight), Optional.empty());
  }

  /**
   * Makes a map with bias.
   *
   * @param outFeatures number of values that the map gives
   * @param inFeatures number of values that the map takes
   * @param weight row-major [outFeatures, inFeatures]
   * @param bias [outFeatures]
   * @return the map
   * @throws AttnPoolException if a size is not positive, an array has another size or the bias is
   *     null
   */
  public static Linear of(int outFeatures, int inFeatures, float[] weight, float[] bias) {
    ARGUMENTS.must(bias != null, () -> "bias is null; leave it out instead");
    return new Linear(outFeatures, inFeatures, copy(weight), Optional.of(bias.clone()));
  }

  /** {@return the number of values that the map gives} */
  public int outFeatures() {
    return outFeatures;
  }

  /** {@return the number of values that the map takes} */
  public int inFeatures() {
    return inFeatures;
  }

  /** {@return a copy of the weight, row-major [outFeatures, inFeatures]} */
  public float[] weight() {
    return weight.clone();
  }

  /** {@return a copy of the bias, [outFeatures]; empty where the map has none} */
  public Optional<float[]> bias() {
    return bias.map(float[]::clone);
  }

  private static int positive(String name, int value) {
    ARGUMENTS.must(value > 0, () -> name + " is " + value + ", must be at least 1");
    return value;
  }

  private static float[] sized(String name, float @Nullable [] values, long count, String shape) {
    if (values == null || values.length != count) {
      throw ARGUMENTS.bad(
          name
              + (values == null ? " is null" : " has " + values.length + " values")
              + ", must have "
              + count
              + " ("
              + shape
              + ")");
    }
    return values;
  }

  /** Null stays null: it is refused with the sizes. */
  private static float @Nullable [] copy(float @Nullable [] values) {
    return values == null ? null : values.clone();
  }

  /** For the library alone: arrays as they are, not copied. */
  private static final class Shared implements LinearArrays.Access {
    @Override
    public Linear keep(int outFeatures, int inFeatures, float[] weight, Optional<float[]> bias) {
      return new Linear(outFeatures, inFeatures, weight, bias);
    }

    @Override
    public float[] weight(Linear map) {
      return map.weight;
    }

    @Override
    public Optional<float[]> bias(Linear map) {
      return map.bias;
    }
  }
}
