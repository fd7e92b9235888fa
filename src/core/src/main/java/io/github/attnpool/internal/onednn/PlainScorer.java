package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.UnitScores;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** Scores of plain units: the first maps, and one kernel for all the rest. */
final class PlainScorer implements NativeScorer {
  private final UnitScores form;
  private final boolean bf16;
  private final @Nullable MatmulCall hidden; // null in the linear form
  private final ScoreMatrix scores;
  private final long units; // [tileRows, D or 2·D]
  private final long work; // scratch of the kernel
  private final Releases handles = new Releases();
  private long openUnits;
  private long ahead;
  private long aheadBytes;

  PlainScorer(NativeParameters parameters, ScoreMatrix scores, Arena arena) {
    NativeArrays memory = new NativeArrays(arena);
    this.form = parameters.unitScores();
    this.bf16 = parameters.isBf16();
    this.scores = scores;
    Matmul map = parameters.hidden();
    this.units =
        map == null ? 0 : memory.scratch(parameters.maxRows() * form.rowUnits(), Float.BYTES);
    this.work = memory.scratch(form.workFloats(), Float.BYTES);
    this.hidden = map == null ? null : new MatmulCall(map, arena);
    if (hidden != null) {
      handles.own(hidden::close);
    }
  }

  /** Tells what is read next, so that it is brought into the cache meanwhile. */
  void expect(long address, long bytes) {
    ahead = address;
    aheadBytes = bytes;
  }

  @Override
  public void open(OpenRows tile) {
    if (hidden == null) {
      openUnits = tile.scored; // the linear form: rows are their own units
    } else {
      hidden.run(bf16 ? tile.scoredBf16 : tile.scored, tile.count, units);
      openUnits = units;
    }
  }

  /** Opens a tile whose units are given. */
  void open(long units) {
    openUnits = units;
  }

  /** The units of the open tile. */
  long units() {
    return openUnits;
  }

  @Override
  public void place(long first, long rows, long place) {}

  @Override
  public void score(long first, long rows, long bias) {
    NativeKernels.score(
        form,
        openUnits + first * form.rowUnits() * Float.BYTES,
        rows,
        bias,
        work,
        scores.at(0, first),
        scores.headStep(),
        ahead,
        aheadBytes);
    ahead = 0; // asking once is enough
    aheadBytes = 0;
  }

  @Override
  public void close() {
    handles.close();
  }
}
