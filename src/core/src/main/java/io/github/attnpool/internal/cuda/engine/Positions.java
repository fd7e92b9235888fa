package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/** Copies values of kept rows from or to the positions of those rows in weights or scores. */
final class Positions {
  private Positions() {}

  /**
   * Values of one head and sequence, which lie side by side, to their positions.
   *
   * @param row number of the first kept row
   */
  static void spread(
      RowBatch in,
      int sequence,
      int head,
      int heads,
      long row,
      long rows,
      MemorySegment values,
      long offset,
      MemorySegment results) {
    copy(in, sequence, head, heads, row, rows, values, offset, results, true);
  }

  /** The way back. */
  static void gather(
      RowBatch in,
      int sequence,
      int head,
      int heads,
      long row,
      long rows,
      MemorySegment results,
      MemorySegment values,
      long offset) {
    copy(in, sequence, head, heads, row, rows, values, offset, results, false);
  }

  private static void copy(
      RowBatch in,
      int sequence,
      int head,
      int heads,
      long row,
      long rows,
      MemorySegment values,
      long offset,
      MemorySegment results,
      boolean spreads) {
    if (rows == 0) {
      return;
    }
    KeptRows kept = in.kept();
    long base = in.resultIndex(sequence, head, heads) - in.offset(sequence);
    int run = kept.runOf(row);
    long end = row + rows;
    for (long from = row; from < end; run++) {
      long to = Math.min(end, kept.runFirst(run + 1));
      long there = (base + kept.position(run, from)) * Float.BYTES;
      long here = offset + (from - row) * Float.BYTES;
      long bytes = (to - from) * Float.BYTES;
      if (spreads) {
        MemorySegment.copy(values, here, results, there, bytes);
      } else {
        MemorySegment.copy(results, there, values, here, bytes);
      }
      from = to;
    }
  }
}
