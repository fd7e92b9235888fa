package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.internal.fused.StateLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A softmax and a mean per head. */
final class HeadPooling implements TilePooling {
  private final TileKernels kernels;
  private final OpenTile tile;
  private final int heads;
  private final int width; // of a pooled row
  private final long contextBytes;
  private final long headBytes; // of a state
  private final Exponentials weights;
  private final float[] context; // [columns]
  private final RowQuad quad;
  private final SoftmaxState state;
  private final SoftmaxState other;
  private final @Nullable StageSegments map; // of the pooled rows; null without one
  private final MemorySegment pooled; // [width], what the map takes

  HeadPooling(JvmTileProgram program, OpenTile tile, StateLayout layout) {
    this.kernels = program.kernels();
    this.tile = tile;
    this.heads = layout.heads();
    this.width = layout.width();
    this.contextBytes = (long) program.form().contextWidth() * Float.BYTES;
    this.headBytes = layout.headBytes();
    this.weights = new Exponentials(program);
    int columns = tile.valueColumns();
    this.context = new float[columns];
    this.quad = RowQuad.separate(columns);
    this.state = new SoftmaxState(width);
    this.other = new SoftmaxState(width);
    PackedStage after = program.layer().valueMap;
    this.map = after == null ? null : new StageSegments(after);
    this.pooled = MemorySegment.ofArray(context);
  }

  @Override
  public void pool(int first, int count, TileScores scores, MemorySegment to) {
    for (int head = 0; head < heads; head++) {
      float max = weights.take(scores, head, first, count);
      state.clear();
      if (max != Float.NEGATIVE_INFINITY) {
        state.max = max;
        weights.exp(count, max);
        state.sum = weights.sum(count);
        Arrays.fill(context, -0f); // neutral: a single row comes out bit for bit
        int columns = tile.valueColumns();
        kernels.addRows(
            tile.values(), first * columns, count, columns, weights.values, context, quad);
        state.setContext(context);
        if (!state.isFinite()) {
          sumAgain(first, count);
        }
      }
      state.write(to, head * headBytes);
    }
  }

  /**
   * Makes the sums that are not finite again, in float64, where no sum of finite rows overflows. A
   * row of weight 0 adds nothing, even if it is infinite.
   */
  private void sumAgain(int first, int count) {
    int columns = tile.valueColumns();
    for (int i = 0; i < width; i++) {
      if (!Float.isFinite(context[i])) {
        double sum = -0.0;
        for (int t = 0; t < count; t++) {
          double weight = weights.values[t];
          sum += weight == 0 ? -0.0 : weight * tile.values()[(first + t) * columns + i];
        }
        state.setContext(i, sum);
      }
    }
  }

  @Override
  public void merge(MemorySegment states, MemorySegment later) {
    for (int head = 0; head < heads; head++) {
      state.read(states, head * headBytes);
      other.read(later, head * headBytes);
      state.merge(other);
      state.write(states, head * headBytes);
    }
  }

  @Override
  public void finish(MemorySegment states, MemorySegment contexts, long offset) {
    for (int head = 0; head < heads; head++) {
      state.read(states, head * headBytes);
      state.sum = weights.closedSum(state.max, state.sum);
      state.finish(context);
      long at = offset + head * contextBytes;
      if (map == null) {
        MemorySegment.copy(context, 0, contexts, JAVA_FLOAT_UNALIGNED, at, width);
      } else if (state.isEmpty()) {
        contexts.asSlice(at, contextBytes).fill((byte) 0); // no weight, so no m of M·v + m either
      } else {
        map.apply(pooled, 1, contexts, at);
      }
    }
  }

  @Override
  public void weigh(MemorySegment states, int head, int first, int count, TileScores scores) {
    state.readSoftmax(states, head * headBytes);
    weights.weigh(state.max, state.sum, scores, head, first, count);
  }

  @Override
  public void weigh(MemorySegment states, int head, MemorySegment scores, long offset, long rows) {
    state.readSoftmax(states, head * headBytes);
    weights.weigh(state.max, state.sum, scores, offset, rows);
  }
}
