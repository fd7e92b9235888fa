package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/** Brings values of kept rows to the positions of those rows in weights or scores. */
final class ResultRows {
  private ResultRows() {}

  /**
   * Copies values of one head and sequence.
   *
   * @param values holds {@code rows} floats from {@code offset} bytes on
   * @param row number of the first kept row
   */
  static void spread(
      TileMath math,
      RowBatch in,
      int sequence,
      int head,
      int heads,
      MemorySegment values,
      long offset,
      long row,
      long rows,
      MemorySegment results) {
    KeptRows kept = in.kept();
    long base = in.resultIndex(sequence, head, heads) - in.offset(sequence);
    int run = kept.runOf(row);
    long end = row + rows;
    for (long from = row; from < end; run++) {
      long to = Math.min(end, kept.runFirst(run + 1));
      long position = kept.position(run, from);
      math.copy(
          values,
          offset + (from - row) * Float.BYTES,
          results,
          (base + position) * Float.BYTES,
          (to - from) * Float.BYTES);
      from = to;
    }
  }
}
