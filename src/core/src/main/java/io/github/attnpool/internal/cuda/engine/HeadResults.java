package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.rows.RunCursor;
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
    gather(in.kept().first(sequence) + row, rows, to);
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
    RunCursor runs = new RunCursor();
    for (runs.start(in.kept(), row, rows); runs.next(); ) {
      long from = offset + (runs.row() - row) * Float.BYTES;
      MemorySegment.copy(values, from, results, at(runs), runs.rows() * Float.BYTES);
    }
  }

  private void gather(long row, long rows, MemorySegment values) {
    RunCursor runs = new RunCursor();
    for (runs.start(in.kept(), row, rows); runs.next(); ) {
      long to = (runs.row() - row) * Float.BYTES;
      MemorySegment.copy(results, at(runs), values, to, runs.rows() * Float.BYTES);
    }
  }

  /** Returns where the values of a run begin, in bytes. */
  private long at(RunCursor runs) {
    long base = in.resultBase(sequence, head, heads);
    return (base + runs.position()) * Float.BYTES;
  }
}
