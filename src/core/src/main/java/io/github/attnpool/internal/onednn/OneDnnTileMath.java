package io.github.attnpool.internal.onednn;

import io.github.attnpool.Activation;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.fused.ChannelLayout;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.fused.StateMemory;
import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.LayerForm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tiles on the CPU: oneDNN multiplies, the project's kernels do the rest. */
final class OneDnnTileMath implements TileMath {
  private static final long ALIGNMENT = 64;

  private final NativeParameters parameters;
  private final LayerForm form;
  private final int inputWidth;
  private final Releases handles = new Releases();
  private final Arena arena = Arena.ofShared();
  private final RowStage rows;
  private final NativeScorer scorer;
  private final @Nullable PlainScorer plain; // the scorer, if units are plain
  private final HeadSteps afterScores;
  private final ValueStage values;
  private final StatePooling pooling;
  private final @Nullable FewRows query; // null without query steps
  private final @Nullable OutputRun output; // null without an output
  private final ScoreMatrix scores;
  private final MemorySegment block; // states of the last block
  private final OpenRows tile = new OpenRows();

  OneDnnTileMath(NativeParameters parameters) {
    this.parameters = parameters;
    this.form = parameters.form();
    this.inputWidth = form.inputWidth();
    int tileRows = parameters.maxRows();
    handles.own(arena::close);
    try {
      StageScratch scratch =
          StageScratch.of(new NativeArrays(arena), tileRows, parameters.widestInStages());
      this.rows = own(new RowStage(parameters, scratch, arena));
      this.scores = ScoreMatrix.of(form.heads(), tileRows, form.isPerChannel(), arena);
      this.plain = parameters.hasPlainUnits() ? new PlainScorer(parameters, scores, arena) : null;
      this.scorer =
          own(plain == null ? new StackedScorer(parameters, scores, scratch, arena) : plain);
      this.afterScores =
          new HeadSteps(parameters.afterScores(), scores, form.heads(), tileRows, arena);
      this.values = own(new ValueStage(parameters, scratch, arena));
      StateMemory states = StateMemory.of(form);
      this.pooling =
          own(
              switch (states) {
                case StateLayout perHead -> new HeadPooling(parameters, perHead, arena);
                case ChannelLayout channels -> new ChannelPooling(parameters, channels, arena);
              });
      StageProgram queries = parameters.query();
      this.query = queries == null ? null : own(new FewRows(queries, arena));
      NativeOutput contexts = parameters.output();
      this.output = contexts == null ? null : own(new OutputRun(contexts, arena));
      this.block = arena.allocate(states.bytes(), ALIGNMENT);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private <T extends TilePart> T own(T part) {
    handles.own(part::close);
    return part;
  }

  @Override
  public void expect(MemorySegment x, long offset, long bytes) {
    if (plain != null) {
      plain.expect(at(x, offset), bytes);
    }
  }

  @Override
  public void open(MemorySegment x, long xOffset, ElementType type, long count) {
    tile.open(at(x, xOffset), type, count);
    int before = OpenMpThreads.pin();
    try {
      rows.open(tile);
      scorer.open(tile);
    } finally {
      OpenMpThreads.restore(before);
    }
    values.open();
  }

  @Override
  public void open(
      MemorySegment x,
      long xOffset,
      ElementType type,
      MemorySegment units,
      long unitsOffset,
      long count) {
    tile.open(at(x, xOffset), type, count);
    tile.scoreInput();
    plain().open(at(units, unitsOffset));
    values.open();
  }

  private PlainScorer plain() {
    return Objects.requireNonNull(plain, "plain units");
  }

  @Override
  public void copyUnits(long rows, MemorySegment units, long unitsOffset) {
    long bytes = rows * form.firstUnits() * Float.BYTES;
    NativeKernels.copy(plain().units(), bytes, at(units, unitsOffset));
  }

  @Override
  public void copyProjected(long rows, MemorySegment projected, long rowsOffset) {
    long bytes = rows * form.rowWidth() * Float.BYTES;
    NativeKernels.copy(tile.scored, bytes, at(projected, rowsOffset));
  }

  @Override
  public void place(long first, long rows, long place) {
    scorer.place(first, rows, place);
    afterScores.place(first, rows, place);
  }

  @Override
  public void score(long first, long rows) {
    score(first, rows, parameters.firstBias());
  }

  @Override
  public void score(long first, long rows, MemorySegment biases, long biasOffset) {
    score(first, rows, at(biases, biasOffset));
  }

  private void score(long first, long rows, long bias) {
    scorer.score(first, rows, bias);
    afterScores.apply(first, rows);
  }

  @Override
  public void addToScores(int head, long first, long rows, float[] values, int from) {
    scores.add(head, first, rows, values, from);
  }

  @Override
  public void copyScores(long first, long rows, MemorySegment to, long toOffset, long headPitch) {
    scores.copy(first, rows, at(to, toOffset), headPitch);
  }

  @Override
  public void pool(long first, long rows) {
    long row = values.at(tile, first);
    pooling.pool(row, values.isBf16(tile), first, rows, scores, at(block, 0));
  }

  @Override
  public MemorySegment block() {
    return block;
  }

  @Override
  public void weigh(int head, long first, long rows) {
    pooling.weigh(block, head, scores.at(head, first), rows);
  }

  @Override
  public void weigh(
      MemorySegment states, int head, MemorySegment scores, long scoresOffset, long rows) {
    pooling.weigh(states, head, at(scores, scoresOffset), rows);
  }

  @Override
  public void merge(MemorySegment states, MemorySegment later) {
    pooling.merge(states, later);
  }

  @Override
  public void finish(MemorySegment states, MemorySegment contexts, long contextOffset) {
    pooling.finish(states, at(contexts, contextOffset));
  }

  @Override
  public void copyRows(
      MemorySegment from,
      long fromOffset,
      long fromPitch,
      long rows,
      long rowBytes,
      MemorySegment to,
      long toOffset) {
    NativeKernels.copyRows(
        at(from, fromOffset), fromPitch, rows, rowBytes, at(to, toOffset), rowBytes);
  }

  @Override
  public boolean widen(
      ElementType type,
      MemorySegment x,
      long xOffset,
      long rows,
      long pitch,
      MemorySegment wide,
      long wideOffset) {
    long from = at(x, xOffset);
    long to = at(wide, wideOffset);
    switch (type) {
      case BF16 -> NativeKernels.fromBf16(from, rows, inputWidth, pitch, to);
      case F16 -> NativeKernels.fromF16(from, rows, inputWidth, pitch, to);
      default -> {
        return false;
      }
    }
    return true;
  }

  @Override
  public void biases(MemorySegment queries, long batch, MemorySegment biases) {
    if (query != null) {
      query.run(queries.address(), batch, biases.address());
      return;
    }
    long values = batch * form.biases();
    NativeKernels.copy(queries.address(), values * Float.BYTES, biases.address());
    NativeKernels.activate(
        biases.address(), batch, form.biases(), 0, parameters.firstBias(), Activation.IDENTITY, 0);
  }

  @Override
  public void output(MemorySegment contexts, long batch, MemorySegment logits) {
    Objects.requireNonNull(output, "output").run(contexts.address(), batch, logits.address());
  }

  /**
   * A bare address. The layer keeps the memory alive, so its lifetime need not be checked again in
   * every native call, which costs most for shared arenas.
   */
  private static long at(MemorySegment segment, long offset) {
    return segment.address() + offset;
  }

  @Override
  public void close() {
    handles.close();
  }
}
