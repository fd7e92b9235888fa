package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Softmax states and what comes of them. Scratch of one thread. */
final class TilePooler {
  private final TileKernels kernels;
  private final OpenTile tile;
  private final int tileRows;
  private final int width;
  private final float[] weights; // [tileRows], in whole vectors
  private final float[] context; // [columns]
  private final RowQuad quad;
  private final SoftmaxState state;
  private final SoftmaxState other;

  TilePooler(JvmTileProgram program, OpenTile tile) {
    this.kernels = program.kernels();
    this.tile = tile;
    this.tileRows = program.tileRows();
    this.width = program.parameters().width();
    this.weights = new float[Padding.up(tileRows, kernels.lanes())];
    this.context = new float[program.columns()];
    this.quad = RowQuad.separate(program.columns());
    this.state = new SoftmaxState(width);
    this.other = new SoftmaxState(width);
  }

  /** The state of some rows of the open tile: in float32, as they are at most a tile. */
  void pool(int first, int count, float[] scores, int scoresAt, MemorySegment to, long at) {
    System.arraycopy(scores, scoresAt, weights, 0, count);
    float max = max(count);
    state.clear();
    if (max != Float.NEGATIVE_INFINITY) {
      state.max = max;
      exponentials(count, max);
      state.sum = sum(count);
      Arrays.fill(context, -0f); // neutral: a single row comes out bit for bit
      int columns = tile.columns();
      kernels.addRows(tile.rows(), first * columns, count, columns, weights, context, quad);
      state.setContext(context);
    }
    state.write(to, at);
  }

  private float max(int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < count; t++) {
      max = Math.max(max, weights[t]);
    }
    return max;
  }

  /** {@code weights = exp(weights − shift)}, in whole vectors. */
  private void exponentials(int count, float shift) {
    kernels.exp(weights, Padding.up(count, kernels.lanes()), shift);
  }

  private double sum(int count) {
    double sum = 0;
    for (int t = 0; t < count; t++) {
      sum += weights[t];
    }
    return sum;
  }

  void merge(MemorySegment state, MemorySegment other, long offset) {
    this.state.read(state, offset);
    this.other.read(other, offset);
    this.state.merge(this.other);
    this.state.write(state, offset);
  }

  void finish(MemorySegment state, long offset, MemorySegment contexts, long contextOffset) {
    this.state.read(state, offset);
    this.state.finish(context);
    MemorySegment.copy(context, 0, contexts, JAVA_FLOAT_UNALIGNED, contextOffset, width);
  }

  /** Turns scores of a tile into weights, in place; zeros where the state is empty. */
  void weigh(MemorySegment state, long offset, float[] scores, int scoresAt, int count) {
    this.state.read(state, offset);
    System.arraycopy(scores, scoresAt, weights, 0, count);
    weigh(count);
    System.arraycopy(weights, 0, scores, scoresAt, count);
  }

  /** Turns any number of scores into weights, in place. */
  void weigh(MemorySegment state, long offset, MemorySegment scores, long scoresOffset, long rows) {
    this.state.read(state, offset);
    for (long from = 0; from < rows; from += tileRows) {
      int count = (int) Math.min(tileRows, rows - from);
      long at = scoresOffset + from * Float.BYTES;
      MemorySegment.copy(scores, JAVA_FLOAT_UNALIGNED, at, weights, 0, count);
      weigh(count);
      MemorySegment.copy(weights, 0, scores, JAVA_FLOAT_UNALIGNED, at, count);
    }
  }

  private void weigh(int count) {
    if (state.isEmpty()) {
      Arrays.fill(weights, 0, count, 0);
      return;
    }
    exponentials(count, (float) state.max);
    for (int t = 0; t < count; t++) {
      weights[t] = (float) (weights[t] / state.sum);
    }
  }
}
