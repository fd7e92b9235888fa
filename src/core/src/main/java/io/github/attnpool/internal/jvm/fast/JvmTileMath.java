package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.ElementType;
import io.github.attnpool.internal.fused.ChannelLayout;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.fused.StateMemory;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.maps.LayerForm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tiles in pure Java: brings them to the heap, where {@link TileKernels} work. */
final class JvmTileMath implements TileMath {
  private static final long ALIGNMENT = 64;

  private final PackedLayer layer;
  private final int heads;
  private final OpenTile tile;
  private final RowScorer scorer;
  private final HeadSteps afterScores;
  private final TilePooling pooling;
  private final @Nullable QueryTerms queries; // null without a hidden map
  private final @Nullable OutputRows output; // null without an output
  private final TileScores scores;
  private final Arena arena = Arena.ofShared(); // of the block alone: the rest is on the heap
  private final MemorySegment block; // states of the last block

  JvmTileMath(JvmTileProgram program) {
    LayerForm form = program.form();
    this.layer = program.layer();
    this.heads = form.heads();
    this.tile = new OpenTile(program);
    boolean byRow = form.score().isByRow();
    this.scores =
        form.isPerChannel()
            ? TileScores.byRow(heads, program.tileRows())
            : TileScores.byHead(heads, program.tileRows());
    if (layer.units == null) {
      this.scorer = new TileScorer(program, tile, scores, new UnitDots(program));
    } else {
      this.scorer = new StackedScorer(program, tile, scores, byRow ? null : new UnitDots(program));
    }
    this.afterScores =
        new HeadSteps(layer.afterScores, scores, heads, tile.places(), program.tileRows());
    StateMemory states = StateMemory.of(form);
    this.pooling =
        switch (states) {
          case StateLayout perHead -> new HeadPooling(program, tile, perHead);
          case ChannelLayout channels -> new ChannelPooling(program, tile, channels);
        };
    this.queries = form.biases() == 0 ? null : new QueryTerms(program);
    this.output = form.output().isEmpty() ? null : new OutputRows(layer, form.contextWidth());
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
  public void place(long first, long rows, long place) {
    tile.place((int) first, (int) rows, place);
  }

  @Override
  public void score(long first, long rows) {
    scorer.score((int) first, (int) rows, layer.bias, false);
    afterScores.apply((int) first, (int) rows);
  }

  /** There may be several calls for one tile, which then share the units. */
  @Override
  public void score(long first, long rows, MemorySegment biases, long biasOffset) {
    float[] bias = Objects.requireNonNull(queries, "queries").read(biases, biasOffset);
    scorer.score((int) first, (int) rows, bias, true);
    afterScores.apply((int) first, (int) rows);
  }

  @Override
  public void addToScores(int head, long first, long rows, float[] values, int from) {
    scores.add(head, (int) first, (int) rows, values, from);
  }

  @Override
  public void copyScores(long first, long rows, MemorySegment to, long toOffset, long headPitch) {
    for (int head = 0; head < heads; head++) {
      scores.copy(head, (int) first, (int) rows, to, toOffset + head * headPitch);
    }
  }

  @Override
  public void pool(long first, long rows) {
    pooling.pool((int) first, (int) rows, scores, block);
  }

  @Override
  public MemorySegment block() {
    return block;
  }

  @Override
  public void weigh(int head, long first, long rows) {
    pooling.weigh(block, head, (int) first, (int) rows, scores);
  }

  @Override
  public void weigh(
      MemorySegment states, int head, MemorySegment scores, long scoresOffset, long rows) {
    pooling.weigh(states, head, scores, scoresOffset, rows);
  }

  @Override
  public void merge(MemorySegment states, MemorySegment later) {
    pooling.merge(states, later);
  }

  @Override
  public void finish(MemorySegment states, MemorySegment contexts, long contextOffset) {
    pooling.finish(states, contexts, contextOffset);
  }

  @Override
  public void biases(MemorySegment queries, long batch, MemorySegment biases) {
    Objects.requireNonNull(this.queries, "queries").write(queries, batch, biases);
  }

  @Override
  public void output(MemorySegment contexts, long batch, MemorySegment logits) {
    Objects.requireNonNull(output, "output").apply(contexts, batch, logits);
  }

  /** The scores of the tile, [heads, rows of a full tile] unless they lie by row. */
  float[] scores() {
    return scores.values;
  }

  @Override
  public void close() {
    arena.close();
  }
}
