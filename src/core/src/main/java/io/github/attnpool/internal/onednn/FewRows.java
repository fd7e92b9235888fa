package io.github.attnpool.internal.onednn;

import java.lang.foreign.Arena;

/** Runs a stage on what comes once a sequence: queries, contexts. Of one thread. */
final class FewRows implements TilePart {
  private static final int CHUNK = 16; // rows between whose steps there is scratch

  private final StageRun run;
  private final boolean isOneStep;
  private final long inputBytes;
  private final long outputBytes;

  /**
   * @param arena owner of this run's memory; must outlive it
   */
  FewRows(StageProgram stage, Arena arena) {
    NativeArrays memory = new NativeArrays(arena);
    this.isOneStep = stage.steps().size() == 1 && stage.beginsWithMap();
    this.inputBytes = (long) stage.inputs() * Float.BYTES;
    this.outputBytes = (long) stage.width() * Float.BYTES;
    long widest = isOneStep ? 0 : stage.widest();
    this.run = new StageRun(stage, StageScratch.of(memory, CHUNK, widest), arena);
  }

  /**
   * Applies the stage to F32 rows.
   *
   * @param from address of [rows, inputs]
   * @param to address of [rows, outputs], overwritten
   */
  void run(long from, long rows, long to) {
    int before = OpenMpThreads.pin();
    try {
      long chunk = isOneStep ? Math.max(1, rows) : CHUNK;
      for (long row = 0; row < rows; row += chunk) {
        long some = Math.min(chunk, rows - row);
        run.run(from + row * inputBytes, 0, false, 0, some, to + row * outputBytes, 0);
      }
    } finally {
      OpenMpThreads.restore(before);
    }
  }

  @Override
  public void close() {
    run.close();
  }
}
