package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.RowFormula;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/** Parameters and random rows, and their scores in float64. */
final class TileCase {
  final AttentionParameters parameters;
  final int rows;
  final int width; // of a row of x
  final int heads;
  final float[] x;

  TileCase(int seed, int rows, AttentionParameters parameters) {
    this.parameters = parameters;
    this.rows = rows;
    this.width = parameters.inputWidth();
    this.heads = parameters.heads();
    this.x = BothKernels.uniform(new Random(seed), rows * width, 1);
  }

  /**
   * With random parameters and tanh.
   *
   * @param units 0 for the linear form
   */
  TileCase(int seed, int rows, int width, int units, int heads, boolean biases) {
    this(seed, rows, Forms.additive(new Random(seed + 1000), width, units, heads, biases));
  }

  /** The rows in native memory. */
  MemorySegment rows(Arena arena) {
    return arena.allocateFrom(JAVA_FLOAT, x);
  }

  /** A row as it is pooled. */
  double[] pooled(int row) {
    return scored(row).row;
  }

  /** A score as its formula reads. */
  double score(int head, int row) {
    return scored(row).scores[head];
  }

  private RowFormula.Scored scored(int row) {
    double[] values = new double[width];
    Arrays.setAll(values, i -> x[row * width + i]);
    return new RowFormula(parameters, Precision.F32).apply(values, new float[0]);
  }

  @Override
  public String toString() {
    return rows
        + " rows of "
        + width
        + ", "
        + parameters.units()
        + " units, "
        + heads
        + " heads, "
        + PlainLayer.of(parameters).activation()
        + (PlainLayer.of(parameters).gate().isPresent() ? ", gated" : "");
  }
}
