package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** A stage over rows in memory, four at a time. Scratch of one thread. */
final class StageSegments {
  private static final int[] NO_PLACES = {};

  private final StageRows stage;
  private final int inputs;
  private final int inputColumns;
  private final int outputs;
  private final float[] x; // [4, inputColumns], with room for whole quads

  StageSegments(PackedStage stage) {
    this.stage = new StageRows(stage, RowQuad.ROWS, true, NO_PLACES);
    this.inputs = stage.inputs();
    this.inputColumns = stage.inputColumns();
    this.outputs = stage.width();
    this.x = DenseRows.room(RowQuad.ROWS, inputColumns);
  }

  /**
   * Applies the stage to rows that lie side by side, F32.
   *
   * @param from [count, inputs]
   * @param to [count, outputs] from {@code offset} bytes on, overwritten
   */
  void apply(MemorySegment from, long count, MemorySegment to, long offset) {
    for (long row = 0; row < count; row += RowQuad.ROWS) {
      int some = (int) Math.min(RowQuad.ROWS, count - row);
      for (int r = 0; r < some; r++) {
        long at = (row + r) * inputs * Float.BYTES;
        MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, at, x, r * inputColumns, inputs);
      }
      float[] y = stage.apply(x, 0, some);
      for (int r = 0; r < some; r++) {
        long at = offset + (row + r) * outputs * Float.BYTES;
        MemorySegment.copy(y, r * stage.columns(), to, JAVA_FLOAT_UNALIGNED, at, outputs);
      }
    }
  }
}
