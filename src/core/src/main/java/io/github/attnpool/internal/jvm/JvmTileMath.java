package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.internal.fused.TileMath;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Tiles in pure Java: brings them to the heap, where {@link TileKernels} work. */
final class JvmTileMath implements TileMath {
  private final JvmTileProgram program;
  private final TileKernels kernels;
  private final int width;
  private final int columns;
  private final TileScorer scorer;
  private final float[] tile; // [tileRows, columns]
  private final float[] scores; // [heads, tileRows]
  private final float[] weights; // [tileRows]
  private final RowQuad quad;
  private final SoftmaxState state;
  private final SoftmaxState later;
  private final OutputRows output; // null without an output layer

  JvmTileMath(JvmTileProgram program) {
    this.program = program;
    this.kernels = program.kernels();
    this.width = program.width();
    this.columns = program.columns();
    this.scorer = new TileScorer(program);
    int tileRows = Padding.up(program.tileRows(), kernels.lanes());
    this.tile = new float[Math.multiplyExact(tileRows, columns)];
    this.scores = new float[program.heads() * tileRows];
    this.weights = new float[tileRows];
    this.quad = RowQuad.separate(columns);
    this.state = new SoftmaxState(width, columns);
    this.later = new SoftmaxState(width, columns);
    this.output = program.output() == null ? null : new OutputRows(program);
  }

  @Override
  public void rowsAreBf16(boolean bf16) {
    if (bf16) {
      throw new IllegalStateException("BF16 rows were not converted");
    }
  }

  private void read(MemorySegment x, long offset, int rows) {
    if (columns == width) {
      MemorySegment.copy(x, JAVA_FLOAT_UNALIGNED, offset, tile, 0, rows * width);
      return;
    }
    long rowBytes = (long) width * Float.BYTES;
    for (int t = 0; t < rows; t++) {
      MemorySegment.copy(x, JAVA_FLOAT_UNALIGNED, offset + t * rowBytes, tile, t * columns, width);
    }
  }

  @Override
  public void score(MemorySegment x, long xOffset, long rows, MemorySegment scores, long stride) {
    int count = (int) rows;
    read(x, xOffset, count);
    scorer.score(tile, count, this.scores, program.tileRows());
    for (int head = 0; head < program.heads(); head++) {
      long at = head * stride * Float.BYTES;
      MemorySegment.copy(this.scores, head * program.tileRows(), scores, JAVA_FLOAT, at, count);
    }
  }

  @Override
  public void pool(
      MemorySegment x,
      long xOffset,
      long rows,
      MemorySegment scores,
      long scoresOffset,
      MemorySegment state,
      long stateOffset) {
    int count = (int) rows;
    readScores(scores, scoresOffset, count);
    this.state.max = max(count);
    this.state.sum = 0;
    if (this.state.isEmpty()) {
      Arrays.fill(this.state.context, 0);
    } else {
      read(x, xOffset, count);
      Arrays.fill(this.state.context, -0f); // neutral: a single row comes out bit for bit
      exponentials(count, this.state.max);
      this.state.sum = sum(count);
      kernels.addRows(tile, count, columns, weights, this.state.context, quad);
    }
    this.state.write(state, stateOffset);
  }

  private void readScores(MemorySegment scores, long offset, int count) {
    MemorySegment.copy(scores, JAVA_FLOAT, offset, weights, 0, count);
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

  private float sum(int count) {
    double sum = 0;
    for (int t = 0; t < count; t++) {
      sum += weights[t];
    }
    return (float) sum;
  }

  @Override
  public void merge(MemorySegment state, long stateOffset, MemorySegment later, long laterOffset) {
    this.state.read(state, stateOffset);
    this.later.read(later, laterOffset);
    this.state.merge(this.later);
    this.state.write(state, stateOffset);
  }

  @Override
  public void finish(
      MemorySegment state, long stateOffset, MemorySegment contexts, long contextOffset) {
    this.state.read(state, stateOffset);
    this.state.finish();
    MemorySegment.copy(this.state.context, 0, contexts, JAVA_FLOAT_UNALIGNED, contextOffset, width);
  }

  @Override
  public void weigh(
      MemorySegment scores, long scoresOffset, long rows, MemorySegment state, long stateOffset) {
    float max = state.get(JAVA_FLOAT, stateOffset);
    float sum = state.get(JAVA_FLOAT, stateOffset + Float.BYTES);
    for (long from = 0; from < rows; from += program.tileRows()) {
      int count = (int) Math.min(program.tileRows(), rows - from);
      long at = scoresOffset + from * Float.BYTES;
      if (max == Float.NEGATIVE_INFINITY) {
        Arrays.fill(weights, 0, count, 0);
      } else {
        MemorySegment.copy(scores, JAVA_FLOAT_UNALIGNED, at, weights, 0, count);
        exponentials(count, max);
        for (int t = 0; t < count; t++) {
          weights[t] /= sum;
        }
      }
      MemorySegment.copy(weights, 0, scores, JAVA_FLOAT_UNALIGNED, at, count);
    }
  }

  @Override
  public void output(MemorySegment contexts, long batch, MemorySegment logits) {
    output.apply(contexts, batch, logits);
  }

  @Override
  public void close() {
    // Everything is on the heap.
  }
}
