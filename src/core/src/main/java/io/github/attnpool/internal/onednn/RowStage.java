package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.kernels.NativeKernels;
import java.lang.foreign.Arena;

/** From x to the rows that are scored. Of one thread, which has pinned OpenMP. */
final class RowStage implements TilePart {
  private final StageRun stage;
  private final long inputWidth;
  private final boolean needsBf16; // whether a map takes the scored rows in BF16
  private final long scored; // [tileRows, width]
  private final long rounded; // [tileRows, widest], BF16

  RowStage(NativeParameters parameters, StageScratch scratch, Arena arena) {
    NativeArrays memory = new NativeArrays(arena);
    StageProgram rows = parameters.rows();
    long tileRows = parameters.maxRows();
    this.stage = new StageRun(rows, scratch, arena);
    this.inputWidth = parameters.form().inputWidth();
    this.needsBf16 = parameters.isBf16() && parameters.multipliesScoredRows();
    this.scored = memory.scratch(rows.isEmpty() ? 0 : tileRows * rows.width(), Float.BYTES);
    this.rounded = memory.scratch(needsBf16 ? tileRows * rows.widest() : 0, Short.BYTES);
  }

  void open(OpenRows tile) {
    if (!stage.isEmpty()) {
      long roundedTo = needsBf16 ? rounded : 0;
      stage.run(tile.x, tile.xBf16, false, 0, tile.count, scored, roundedTo);
      tile.scored = scored;
      tile.scoredBf16 = roundedTo;
      return;
    }
    tile.scoreInput();
    if (needsBf16 && tile.xBf16 == 0) {
      NativeKernels.toBf16(tile.x, tile.count, inputWidth, rounded);
      tile.scoredBf16 = rounded;
    }
  }

  @Override
  public void close() {
    stage.close();
  }
}
