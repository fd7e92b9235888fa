package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/**
 * The values of one head and sequence in weights or scores, each at the position of its row.
 *
 * @param heads of the layer
 * @param results of all heads and sequences
 */
record HeadResults(RowBatch in, int sequence, int head, int heads, MemorySegment results)
    implements HeadValues {
  @Override
  public void read(long row, long rows, MemorySegment to) {
    gather(in.kept().first(sequence) + row, rows, to, 0);
  }

  @Override
  public void write(MemorySegment from, long row, long rows) {
    spread(in.kept().first(sequence) + row, rows, from, 0);
  }

  /**
   * Copies values that lie side by side to their positions.
   *
   * @param row number of the first kept row in the batch
   * @param offset of the first value, in bytes
   */
  void spread(long row, long rows, MemorySegment values, long offset) {
    walk(
        row,
        rows,
        (there, here, bytes) -> MemorySegment.copy(values, offset + here, results, there, bytes));
  }

  /** Copies values from their positions to where they lie side by side. */
  void gather(long row, long rows, MemorySegment values, long offset) {
    walk(
        row,
        rows,
        (there, here, bytes) -> MemorySegment.copy(results, there, values, offset + here, bytes));
  }

  private interface Copy {
    void run(long there, long here, long bytes);
  }

  private void walk(long row, long rows, Copy copy) {
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
      copy.run(there, (from - row) * Float.BYTES, (to - from) * Float.BYTES);
      from = to;
    }
  }
}
