package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.ElementType;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.maps.PlainLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tiles in pure Java: brings them to the heap, where {@link TileKernels} work. */
final class JvmTileMath implements TileMath {
  private static final long ALIGNMENT = 64;

  private final PackedLayer layer;
  private final int heads;
  private final int tileRows;
  private final long headBytes; // of a state
  private final OpenTile tile;
  private final TileScorer scorer;
  private final TilePooler pooler;
  private final @Nullable QueryTerms queries; // null in the linear form
  private final @Nullable DenseSegments output; // null without an output layer
  private final float[] scores; // [heads, tileRows]
  private final Arena arena = Arena.ofShared(); // of the block alone: the rest is on the heap
  private final MemorySegment block; // states of the last block

  JvmTileMath(JvmTileProgram program) {
    PlainLayer parameters = program.parameters();
    this.layer = program.layer();
    this.heads = parameters.heads();
    this.tileRows = program.tileRows();
    StateLayout states = new StateLayout(heads, parameters.width());
    this.headBytes = states.headBytes();
    this.tile = new OpenTile(program);
    this.scorer = new TileScorer(program, tile);
    this.pooler = new TilePooler(program, tile);
    this.queries = layer.hidden == null ? null : new QueryTerms(program);
    this.output =
        layer.output == null
            ? null
            : new DenseSegments(program.kernels(), layer.output, heads * parameters.width());
    this.scores = new float[Math.multiplyExact(heads, tileRows)];
    this.block = arena.allocate(states.bytes(), ALIGNMENT); // last: nothing else may fail after it
  }

  @Override
  public void open(MemorySegment x, long xOffset, ElementType type, long rows) {
    refuseUnlessF32(type);
    tile.open(x, xOffset, (int) rows);
  }

  @Override
  public void open(
      MemorySegment x,
      long xOffset,
      ElementType type,
      MemorySegment units,
      long unitsOffset,
      long rows) {
    refuseUnlessF32(type);
    tile.open(x, xOffset, units, unitsOffset, (int) rows);
  }

  private static void refuseUnlessF32(ElementType type) {
    if (type != ElementType.F32) {
      throw new IllegalStateException("rows of " + type + " were not converted");
    }
  }

  @Override
  public void copyUnits(long rows, MemorySegment units, long unitsOffset) {
    tile.copyUnits((int) rows, units, unitsOffset);
  }

  @Override
  public void copyProjected(long rows, MemorySegment projected, long rowsOffset) {
    tile.copyRows((int) rows, projected, rowsOffset);
  }

  @Override
  public void score(long first, long rows) {
    scorer.score((int) first, (int) rows, layer.bias, tile.hasUnits(), scores, tileRows);
  }

  /** There may be several calls for one tile, which then share the units. */
  @Override
  public void score(long first, long rows, MemorySegment biases, long biasOffset) {
    float[] bias = Objects.requireNonNull(queries, "queries").read(biases, biasOffset);
    scorer.score((int) first, (int) rows, bias, true, scores, tileRows);
  }

  @Override
  public void addToScores(int head, long first, long rows, float[] values, int from) {
    int at = head * tileRows + (int) first;
    for (int t = 0; t < rows; t++) {
      scores[at + t] += values[from + t];
    }
  }

  @Override
  public void copyScores(int head, long first, long rows, MemorySegment to, long toOffset) {
    int from = head * tileRows + (int) first;
    MemorySegment.copy(scores, from, to, JAVA_FLOAT_UNALIGNED, toOffset, (int) rows);
  }

  @Override
  public void pool(long first, long rows) {
    for (int head = 0; head < heads; head++) {
      int from = head * tileRows + (int) first;
      pooler.pool((int) first, (int) rows, scores, from, block, head * headBytes);
    }
  }

  @Override
  public MemorySegment block() {
    return block;
  }

  @Override
  public void weigh(int head, long first, long rows) {
    pooler.weigh(block, head * headBytes, scores, head * tileRows + (int) first, (int) rows);
  }

  @Override
  public void weigh(
      MemorySegment states, int head, MemorySegment scores, long scoresOffset, long rows) {
    pooler.weigh(states, head * headBytes, scores, scoresOffset, rows);
  }

  @Override
  public void merge(MemorySegment states, MemorySegment later, int head) {
    pooler.merge(states, later, head * headBytes);
  }

  @Override
  public void finish(MemorySegment states, int head, MemorySegment contexts, long contextOffset) {
    pooler.finish(states, head * headBytes, contexts, contextOffset);
  }

  @Override
  public void biases(MemorySegment queries, long batch, MemorySegment biases) {
    Objects.requireNonNull(this.queries, "queries").write(queries, batch, biases);
  }

  @Override
  public void output(MemorySegment contexts, long batch, MemorySegment logits) {
    Objects.requireNonNull(output, "output").apply(contexts, batch, logits);
  }

  /** The scores of the tile, [heads, rows of a full tile]. */
  float[] scores() {
    return scores;
  }

  @Override
  public void close() {
    arena.close();
  }
}
