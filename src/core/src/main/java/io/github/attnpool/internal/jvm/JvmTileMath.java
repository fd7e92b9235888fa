package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.fused.TileMath;
import java.lang.foreign.MemorySegment;

/** Tiles in pure Java: brings them to the heap, where {@link TileKernels} work. */
final class JvmTileMath implements TileMath {
  private final PackedLayer layer;
  private final int heads;
  private final int tileRows;
  private final long headBytes; // of a state
  private final OpenTile tile;
  private final TileScorer scorer;
  private final TilePooler pooler;
  private final QueryTerms queries; // null in the linear form
  private final DenseSegments output; // null without an output layer
  private final float[] scores; // [heads, tileRows]

  JvmTileMath(JvmTileProgram program) {
    AttentionParameters parameters = program.parameters();
    this.layer = program.layer();
    this.heads = parameters.heads();
    this.tileRows = program.tileRows();
    this.headBytes = new StateLayout(heads, parameters.width()).headBytes();
    this.tile = new OpenTile(program);
    this.scorer = new TileScorer(program, tile);
    this.pooler = new TilePooler(program, tile);
    this.queries = layer.hidden == null ? null : new QueryTerms(program);
    this.output =
        layer.output == null
            ? null
            : new DenseSegments(program.kernels(), layer.output, heads * parameters.width());
    this.scores = new float[Math.multiplyExact(heads, tileRows)];
  }

  @Override
  public void rowsAreBf16(boolean bf16) {
    if (bf16) {
      throw new IllegalStateException("BF16 rows were not converted");
    }
  }

  @Override
  public void open(MemorySegment x, long xOffset, long rows) {
    tile.open(x, xOffset, (int) rows);
  }

  @Override
  public void open(
      MemorySegment x, long xOffset, MemorySegment units, long unitsOffset, long rows) {
    tile.open(x, xOffset, units, unitsOffset, (int) rows);
  }

  @Override
  public void copyUnits(long rows, MemorySegment units, long unitsOffset) {
    tile.copyUnits((int) rows, units, unitsOffset);
  }

  @Override
  public void copyProjected(long rows, MemorySegment projected, long rowsOffset) {
    tile.copyRows((int) rows, projected, rowsOffset);
  }

  /** With query terms there may be several calls for one tile, which then share the units. */
  @Override
  public void score(
      long first,
      long rows,
      MemorySegment bias,
      long biasOffset,
      MemorySegment scores,
      long scoresOffset,
      long stride) {
    int count = (int) rows;
    float[] ownOrQuery = bias == null ? layer.bias : queries.read(bias, biasOffset);
    boolean stored = bias != null || tile.hasUnits();
    scorer.score((int) first, count, ownOrQuery, stored, this.scores, tileRows);
    for (int head = 0; head < heads; head++) {
      long at = scoresOffset + head * stride * Float.BYTES;
      MemorySegment.copy(this.scores, head * tileRows, scores, JAVA_FLOAT, at, count);
    }
  }

  @Override
  public void pool(
      long first,
      long rows,
      MemorySegment scores,
      long scoresOffset,
      long stride,
      MemorySegment states) {
    for (int head = 0; head < heads; head++) {
      long from = scoresOffset + head * stride * Float.BYTES;
      pooler.pool((int) first, (int) rows, scores, from, states, head * headBytes);
    }
  }

  @Override
  public void merge(MemorySegment state, long stateOffset, MemorySegment later, long laterOffset) {
    pooler.merge(state, stateOffset, later, laterOffset);
  }

  @Override
  public void finish(
      MemorySegment state, long stateOffset, MemorySegment contexts, long contextOffset) {
    pooler.finish(state, stateOffset, contexts, contextOffset);
  }

  @Override
  public void weigh(
      MemorySegment scores, long scoresOffset, long rows, MemorySegment state, long stateOffset) {
    pooler.weigh(scores, scoresOffset, rows, state, stateOffset);
  }

  @Override
  public void biases(MemorySegment queries, long batch, MemorySegment biases) {
    this.queries.write(queries, batch, biases);
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
