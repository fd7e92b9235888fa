package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import java.util.Arrays;

/** y = f(W·x + b) for the rows of a matrix, a panel of weights at a time. Scratch of one thread. */
final class DenseRows {
  private final TileKernels kernels;
  private final PackedWeights map;
  private final Activation activation;
  private final RowQuad x = new RowQuad();
  private final RowQuad y; // of one panel
  private final float[] noBias;
  private final float[] scratch;

  DenseRows(TileKernels kernels, PackedWeights map, Activation activation) {
    this.kernels = kernels;
    this.map = map;
    this.activation = activation;
    int panel = map.panel(0);
    this.y = RowQuad.separate(panel);
    this.noBias = new float[panel];
    Arrays.fill(noBias, -0f); // neutral for every value: b is part of the sum already
    this.scratch = new float[panel];
  }

  /** Room for a number of rows, of some width, in whole quads wherever the first quad begins. */
  static float[] room(int rows, int width) {
    return new float[Math.multiplyExact(rows + RowQuad.ROWS - 1, width)];
  }

  /**
   * Maps rows in whole quads.
   *
   * @param from rows filled up to the inputs of the map, with room for whole quads
   * @param first the first one to map; the others follow
   * @param to [rows, stride] with {@link #room}; the outputs go to each row from {@code at} on
   */
  void apply(float[] from, int first, int rows, float[] to, int at, int stride) {
    for (int d = 0; d < map.units; d += map.panel(d)) {
      int count = Math.min(map.panel(d), map.realUnits - d);
      for (int t = first; t < first + rows; t += RowQuad.ROWS) {
        x.moveTo(from, t * map.inputs, map.inputs);
        map.multiply(x, d, y);
        if (activation != Activation.IDENTITY) {
          kernels.activate(activation, y, noBias, map.panel(d), scratch);
        }
        y.copyTo(to, t * stride + at + d, stride, count);
      }
    }
  }
}
