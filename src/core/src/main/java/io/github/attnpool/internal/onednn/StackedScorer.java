package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.kernels.NativeKernels;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.UnitScores;
import java.lang.foreign.Arena;

/** Scores of units that are computed step by step. */
final class StackedScorer implements NativeScorer {
  private final NativeUnits form;
  private final UnitScores dots;
  private final boolean byRow;
  private final ScoreMatrix scores;
  private final StageRun upToFirst;
  private final StageRun after;
  private final StageRun gate;
  private final StageRun toScores;
  private final long firstUnits; // [tileRows, units of the first map]
  private final long units; // [tileRows, units]
  private final long gates; // [tileRows, units]
  private final long scored; // [tileRows, units or heads]
  private final long work; // scratch of the kernel
  private final Releases handles = new Releases();
  private long openUnits;

  StackedScorer(
      NativeParameters parameters, ScoreMatrix scores, StageScratch scratch, Arena arena) {
    NativeArrays memory = new NativeArrays(arena);
    long rows = parameters.maxRows();
    this.form = parameters.units();
    this.dots = parameters.unitScores();
    this.byRow = parameters.form().score().isByRow();
    this.scores = scores;
    this.firstUnits = memory.scratch(rows * form.upToFirst().width(), Float.BYTES);
    this.units = memory.scratch(rows * form.after().width(), Float.BYTES);
    this.gates =
        memory.scratch(form.gate().isEmpty() ? 0 : rows * form.gate().width(), Float.BYTES);
    this.scored = memory.scratch(rows * form.toScores().width(), Float.BYTES);
    this.work = memory.scratch(dots.workFloats(), Float.BYTES);
    try {
      this.upToFirst = run(form.upToFirst(), scratch, arena);
      this.after = run(form.after(), scratch, arena);
      this.gate = run(form.gate(), scratch, arena);
      this.toScores = run(form.toScores(), scratch, arena);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private StageRun run(StageProgram stage, StageScratch scratch, Arena arena) {
    StageRun run = new StageRun(stage, scratch, arena);
    handles.own(run::close);
    return run;
  }

  @Override
  public void open(OpenRows tile) {
    openUnits =
        upToFirst.isEmpty()
            ? tile.scored
            : upToFirst.run(tile.scored, tile.scoredBf16, false, 0, tile.count, firstUnits, 0);
    if (!gate.isEmpty()) {
      gate.run(tile.scored, tile.scoredBf16, false, 0, tile.count, gates, 0);
    }
  }

  @Override
  public void place(long first, long rows, long place) {
    toScores.place(first, rows, place);
  }

  @Override
  public void score(long first, long rows, long bias) {
    long width = form.after().inputs();
    long values = openUnits + first * width * Float.BYTES;
    if (form.leavesActivation()) {
      dot(values, first, rows, bias);
      return;
    }
    boolean owned = !upToFirst.isEmpty();
    if (form.hasFirst()) {
      NativeKernels.activate(values, rows, width, 0, bias, form.firstActivation(), 0);
    }
    if (!after.isEmpty()) {
      values = after.run(values, 0, owned, first, rows, units, 0);
      owned = true;
    }
    if (!gate.isEmpty()) {
      long units = form.gate().width();
      long gated = gates + first * units * Float.BYTES;
      NativeKernels.multiply(gated, rows, units, units, values, units, 0);
      values = gated;
      owned = true;
    }
    if (byRow && scores.isByRow()) {
      toScores.run(values, 0, owned, first, rows, scores.at(0, first), 0);
      return;
    }
    if (!toScores.isEmpty()) {
      values = toScores.run(values, 0, owned, first, rows, scored, 0);
    }
    if (byRow) {
      scores.take(values, first, rows);
    } else {
      dot(values, first, rows, 0);
    }
  }

  private void dot(long values, long first, long rows, long bias) {
    NativeKernels.score(
        dots, values, rows, bias, work, scores.at(0, first), scores.headStep(), 0, 0);
  }

  @Override
  public void close() {
    handles.close();
  }
}
