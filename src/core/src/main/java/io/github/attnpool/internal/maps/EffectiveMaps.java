package io.github.attnpool.internal.maps;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import java.util.Optional;

/** A layer's maps in the form in which every engine multiplies them. */
public final class EffectiveMaps {
  private EffectiveMaps() {}

  /** Returns how many hidden units the engines multiply per row: D, or 2·D with a gate. */
  public static long rowUnits(PlainLayer parameters) {
    return rowUnits(parameters.units(), parameters.gate().isPresent());
  }

  static long rowUnits(int units, boolean gated) {
    return gated ? 2L * units : units;
  }

  /** Returns W, or with a gate [W;V] as one map of 2·D units, without bias. */
  public static Linear hidden(PlainLayer parameters) {
    return stacked(parameters.hidden().orElseThrow(), parameters.gate());
  }

  /** Returns the maps of hidden units and gate as one, [W;V], or W alone; without bias. */
  public static Linear stacked(Linear hidden, Optional<Linear> plainGate) {
    float[] weight = LinearArrays.weight(hidden);
    if (plainGate.isEmpty()) {
      return withoutBias(hidden);
    }
    float[] gate = LinearArrays.weight(plainGate.get());
    long units = rowUnits(hidden.outFeatures(), true);
    float[] stacked = new float[size(units, hidden.inFeatures())];
    System.arraycopy(weight, 0, stacked, 0, weight.length);
    System.arraycopy(gate, 0, stacked, weight.length, gate.length);
    return LinearArrays.keep((int) units, hidden.inFeatures(), stacked);
  }

  /** Returns a and c, divided by the temperature; without a bias, c is zeros. */
  public static Linear score(PlainLayer parameters) {
    return divided(parameters.score(), parameters.temperature());
  }

  /**
   * Returns a map whose results are those of another, divided; its bias is zeros if it has none.
   */
  static Linear divided(Linear map, float divisor) {
    return LinearArrays.keep(
        map.outFeatures(),
        map.inFeatures(),
        divided(LinearArrays.weight(map), divisor),
        divided(bias(map), divisor));
  }

  /** Returns a map with the bias of another added to its own. */
  public static Linear plus(Linear map, Linear other) {
    float[] bias = bias(other).clone();
    float[] own = bias(map);
    for (int d = 0; d < bias.length; d++) {
      bias[d] += own[d];
    }
    return LinearArrays.keep(map.outFeatures(), map.inFeatures(), LinearArrays.weight(map), bias);
  }

  /** Returns a map without its bias. */
  public static Linear withoutBias(Linear map) {
    return LinearArrays.keep(map.outFeatures(), map.inFeatures(), LinearArrays.weight(map));
  }

  static float[] divided(float[] values, float divisor) {
    if (divisor == 1) {
      return values;
    }
    float[] quotients = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      quotients[i] = values[i] / divisor;
    }
    return quotients;
  }

  /** Returns the bias of a map, or zeros; the map's own array, not to be written to. */
  public static float[] bias(Linear map) {
    return LinearArrays.bias(map).orElseGet(() -> new float[map.outFeatures()]);
  }

  /** Returns the hidden map's bias, or zeros, plus the query map's if there is one. */
  public static float[] biasWithQuery(PlainLayer parameters) {
    float[] bias = bias(parameters.hidden().orElseThrow()).clone();
    parameters
        .query()
        .flatMap(LinearArrays::bias)
        .ifPresent(
            more -> {
              for (int d = 0; d < bias.length; d++) {
                bias[d] += more[d];
              }
            });
    return bias;
  }

  /**
   * Returns F over the concatenated contexts, [O, R·H], whatever form it was given in: over the
   * mean it repeats F/R for each head, and per head it is zero but for the head's own part.
   */
  public static Linear output(PlainLayer parameters) {
    Linear output = parameters.outputLayer().orElseThrow();
    int heads = parameters.heads();
    int width = parameters.width();
    float[] weight = LinearArrays.weight(output);
    float[] wide =
        switch (parameters.headCombination()) {
          case CONCAT -> weight;
          case MEAN -> repeated(weight, output.outFeatures(), width, heads);
          case PER_HEAD -> diagonal(weight, width, heads);
        };
    return LinearArrays.keep(output.outFeatures(), heads * width, wide, bias(output));
  }

  /** Returns a map over concatenated contexts that does what another does to their mean. */
  static Linear overMean(Linear map, int contexts) {
    int width = map.inFeatures();
    return LinearArrays.keep(
        map.outFeatures(),
        Math.multiplyExact(contexts, width),
        repeated(LinearArrays.weight(map), map.outFeatures(), width, contexts),
        bias(map));
  }

  private static float[] repeated(float[] weight, int logitCount, int width, int heads) {
    float[] wide = new float[size(logitCount, (long) heads * width)];
    for (int o = 0; o < logitCount; o++) {
      for (int i = 0; i < heads * width; i++) {
        wide[o * heads * width + i] = weight[o * width + i % width] / heads;
      }
    }
    return wide;
  }

  private static float[] diagonal(float[] weight, int width, int heads) {
    float[] wide = new float[size(heads, (long) heads * width)];
    for (int r = 0; r < heads; r++) {
      System.arraycopy(weight, r * width, wide, r * heads * width + r * width, width);
    }
    return wide;
  }

  private static int size(long rows, long columns) {
    if (rows * columns > Integer.MAX_VALUE) { // both are below 2^32
      throw new AttnPoolException(
          "build layer", "a map of " + rows + "x" + columns + " weights does not fit an array");
    }
    return (int) (rows * columns);
  }
}
