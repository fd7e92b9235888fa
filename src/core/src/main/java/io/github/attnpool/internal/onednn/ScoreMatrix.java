package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.kernels.NativeKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The scores of a tile: those of a head side by side, or those of a row. Of one thread. */
final class ScoreMatrix {
  private static final long ALIGNMENT = 64;

  private final MemorySegment values;
  private final long headStep; // from a head's score to the next head's
  private final long rowStep; // from a row's score to the next row's

  private ScoreMatrix(MemorySegment values, long headStep, long rowStep) {
    this.values = values;
    this.headStep = headStep;
    this.rowStep = rowStep;
  }

  /** [heads, tileRows], or [tileRows, heads] if those of a row lie side by side. */
  static ScoreMatrix of(int heads, int tileRows, boolean byRow, Arena arena) {
    MemorySegment values = arena.allocate((long) heads * tileRows * Float.BYTES, ALIGNMENT);
    return new ScoreMatrix(values, byRow ? 1 : tileRows, byRow ? heads : 1);
  }

  boolean isByRow() {
    return headStep == 1 && rowStep != 1;
  }

  /** Values from a head's scores to the next head's. */
  long headStep() {
    return headStep;
  }

  /** The address of a score. */
  long at(int head, long row) {
    return values.address() + (head * headStep + row * rowStep) * Float.BYTES;
  }

  void add(int head, long first, long rows, float[] addends, int from) {
    long at = head * headStep + first * rowStep;
    for (int t = 0; t < rows; t++) {
      float score = values.getAtIndex(JAVA_FLOAT, at + t * rowStep);
      values.setAtIndex(JAVA_FLOAT, at + t * rowStep, score + addends[from + t]);
    }
  }

  /** Copies scores of one head to where they lie side by side. */
  void copy(int head, long first, long rows, long to) {
    if (rowStep == 1) {
      NativeKernels.copy(at(head, first), rows * Float.BYTES, to);
    } else {
      NativeKernels.copyRows(at(head, first), rowStep * Float.BYTES, rows, Float.BYTES, to);
    }
  }

  /** Takes scores of rows that lie side by side, [rows, heads]. */
  void take(long from, int heads, long first, long rows) {
    for (int head = 0; head < heads; head++) {
      long source = from + (long) head * Float.BYTES;
      NativeKernels.copyRows(
          source, (long) heads * Float.BYTES, rows, Float.BYTES, at(head, first));
    }
  }
}
