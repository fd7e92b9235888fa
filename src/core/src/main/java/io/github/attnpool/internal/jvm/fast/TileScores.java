package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** The scores of a tile: those of a head side by side, or those of a row. Of one thread. */
final class TileScores {
  final float[] values;
  final int headStep; // from a head's score to the next head's
  final int rowStep; // from a row's score to the next row's
  private final float[] line; // of one head

  private TileScores(float[] values, int headStep, int rowStep, int tileRows) {
    this.values = values;
    this.headStep = headStep;
    this.rowStep = rowStep;
    this.line = new float[tileRows];
  }

  /** [heads, tileRows]. */
  static TileScores byHead(int heads, int tileRows) {
    return new TileScores(new float[Math.multiplyExact(heads, tileRows)], tileRows, 1, tileRows);
  }

  /** [tileRows, columns]. */
  static TileScores byRow(int columns, int tileRows) {
    return new TileScores(new float[Math.multiplyExact(columns, tileRows)], 1, columns, tileRows);
  }

  int index(int head, int row) {
    return head * headStep + row * rowStep;
  }

  void add(int head, int first, int rows, float[] addends, int from) {
    int at = index(head, first);
    for (int t = 0; t < rows; t++) {
      values[at + t * rowStep] += addends[from + t];
    }
  }

  void copy(int head, int first, int rows, MemorySegment to, long offset) {
    int at = index(head, first);
    if (rowStep == 1) {
      MemorySegment.copy(values, at, to, JAVA_FLOAT_UNALIGNED, offset, rows);
      return;
    }
    for (int t = 0; t < rows; t++) {
      line[t] = values[at + t * rowStep];
    }
    MemorySegment.copy(line, 0, to, JAVA_FLOAT_UNALIGNED, offset, rows);
  }
}
