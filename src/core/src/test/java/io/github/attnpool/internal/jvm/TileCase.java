package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Random parameters and rows, and their scores in float64. */
final class TileCase {
  final AttentionParameters parameters;
  final int rows;
  final int width;
  final int heads;
  final float[] x;
  private final Linear score;

  /**
   * @param units 0 for the linear form
   */
  TileCase(int seed, int rows, int width, int units, int heads, boolean biases) {
    Random random = new Random(seed);
    this.rows = rows;
    this.width = width;
    this.heads = heads;
    int inputs = units == 0 ? width : units;
    this.score = linear(random, heads, inputs, biases);
    this.parameters =
        units == 0
            ? AttentionParameters.linear(score)
            : AttentionParameters.additive(linear(random, units, width, biases), score);
    this.x = BothKernels.uniform(random, rows * width, 1);
  }

  private static Linear linear(Random random, int outputs, int inputs, boolean bias) {
    float[] weight = BothKernels.uniform(random, outputs * inputs, 1.7 / Math.sqrt(inputs));
    return bias
        ? Linear.of(outputs, inputs, weight, BothKernels.uniform(random, outputs, 1))
        : Linear.of(outputs, inputs, weight);
  }

  /** The rows in native memory. */
  MemorySegment rows(Arena arena) {
    return arena.allocateFrom(JAVA_FLOAT, x);
  }

  /** A score as its formula reads. */
  double score(int head, int row) {
    double[] u = new double[width];
    for (int i = 0; i < width; i++) {
      u[i] = x[row * width + i];
    }
    if (parameters.hidden().isPresent()) {
      u = apply(parameters.hidden().get(), u);
      for (int d = 0; d < u.length; d++) {
        u[d] = Math.tanh(u[d]);
      }
    }
    return apply(score, u)[head];
  }

  private static double[] apply(Linear map, double[] x) {
    float[] weight = map.weight();
    double[] y = new double[map.outputs()];
    for (int o = 0; o < y.length; o++) {
      y[o] = map.bias().isPresent() ? map.bias().get()[o] : 0;
      for (int i = 0; i < x.length; i++) {
        y[o] += (double) weight[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  @Override
  public String toString() {
    return rows + " rows of " + width + ", " + parameters.units() + " units, " + heads + " heads";
  }
}
