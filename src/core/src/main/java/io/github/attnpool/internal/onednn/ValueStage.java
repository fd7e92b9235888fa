package io.github.attnpool.internal.onednn;

import java.lang.foreign.Arena;

/** What is pooled of the open tile: x, the scored rows, or steps from there. Of one thread. */
final class ValueStage implements TilePart {
  private final StageRun stage;
  private final boolean isInput;
  private final long width;
  private final long values; // [tileRows, width], of the steps
  private boolean done; // whether the open tile's values have been computed

  ValueStage(NativeParameters parameters, StageScratch scratch, Arena arena) {
    StageProgram steps = parameters.values();
    this.stage = new StageRun(steps, scratch, arena);
    this.isInput = parameters.form().values().isInput();
    this.width = parameters.form().values().width();
    long computed = steps.isEmpty() ? 0 : parameters.maxRows() * width;
    this.values = new NativeArrays(arena).scratch(computed, Float.BYTES);
  }

  /** Forgets the values of the tile before. */
  void open() {
    done = false;
  }

  /** Whether values are BF16; otherwise they are F32. */
  boolean isBf16(OpenRows tile) {
    return isInput ? tile.x == 0 : stage.isEmpty() && tile.scored == 0;
  }

  /** The address of a row's values. */
  long at(OpenRows tile, long row) {
    if (!stage.isEmpty()) {
      return computed(tile) + row * width * Float.BYTES;
    }
    if (isBf16(tile)) {
      return (isInput ? tile.xBf16 : tile.scoredBf16) + row * width * Short.BYTES;
    }
    return (isInput ? tile.x : tile.scored) + row * width * Float.BYTES;
  }

  private long computed(OpenRows tile) {
    if (!done) {
      int before = OpenMpThreads.pin();
      try {
        stage.run(tile.scored, tile.scoredBf16, false, 0, tile.count, values, 0);
      } finally {
        OpenMpThreads.restore(before);
      }
      done = true;
    }
    return values;
  }

  @Override
  public void close() {
    stage.close();
  }
}
