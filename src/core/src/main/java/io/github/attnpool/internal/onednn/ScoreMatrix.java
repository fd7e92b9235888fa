package io.github.attnpool.internal.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.kernels.NativeKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The scores of a tile: those of a head side by side, or those of a row. Of one thread. */
final class ScoreMatrix {
  private static final long ALIGNMENT = 64;

  private final MemorySegment values;
  private final int heads;
  private final long headStep; // from a head's score to the next head's
  private final long rowStep; // from a row's score to the next row's

  private ScoreMatrix(MemorySegment values, int heads, long headStep, long rowStep) {
    this.values = values;
    this.heads = heads;
    this.headStep = headStep;
    this.rowStep = rowStep;
  }

  /**
   * [heads, tileRows], or [tileRows, heads] if those of several heads lie side by side for a row.
   */
  static ScoreMatrix of(int heads, int tileRows, boolean byRow, Arena arena) {
    MemorySegment values = arena.allocate((long) heads * tileRows * Float.BYTES, ALIGNMENT);
    boolean several = byRow && heads > 1; // of one head both are the same
    return new ScoreMatrix(values, heads, several ? 1 : tileRows, several ? heads : 1);
  }

  boolean isByRow() {
    return rowStep != 1;
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

  /**
   * Copies scores to where those of a head lie side by side, each head's a pitch of bytes apart.
   */
  void copy(long first, long rows, long to, long headPitch) {
    if (isByRow()) {
      NativeKernels.transpose(at(0, first), heads, rows, heads, to, headPitch / Float.BYTES);
    } else {
      long step = headStep * Float.BYTES;
      NativeKernels.copyRows(at(0, first), step, heads, rows * Float.BYTES, to, headPitch);
    }
  }

  /** Takes scores of rows that lie side by side, [rows, heads]. */
  void take(long from, long first, long rows) {
    NativeKernels.transpose(from, heads, rows, heads, at(0, first), headStep);
  }
}
