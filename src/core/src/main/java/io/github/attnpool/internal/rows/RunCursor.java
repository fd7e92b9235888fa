package io.github.attnpool.internal.rows;

import io.github.attnpool.spi.KeptRows;

/**
 * Walks the runs of a stretch of kept rows: where they lie in x, weights and scores. The first and
 * the last run are cut at the ends of the stretch. Reused from walk to walk; used by one thread at
 * a time.
 *
 * <pre>{@code
 * for (runs.start(kept, row, rows); runs.next(); ) {
 *   // rows runs.row() … runs.row() + runs.rows() lie from position runs.position() on
 * }
 * }</pre>
 */
public final class RunCursor {
  private KeptRows kept = KeptRows.NONE;
  private int run; // the next one
  private long from; // its first row that belongs to the stretch
  private long end; // row after the stretch
  private long row;
  private long position;

  /** Starts with nothing to walk. */
  public RunCursor() {}

  /**
   * Starts a walk; {@link #next} then moves to the first run.
   *
   * @param first number of the first kept row
   * @param rows number of kept rows; 0 for a walk without runs
   */
  public void start(KeptRows kept, long first, long rows) {
    this.kept = kept;
    this.from = first;
    this.end = first + rows;
    this.run = rows == 0 ? 0 : kept.runOf(first);
  }

  /** Starts a walk over all kept rows of one sequence. */
  public void start(KeptRows kept, int sequence) {
    start(kept, kept.first(sequence), kept.count(sequence));
  }

  /** Starts a walk over all kept rows. */
  public void start(KeptRows kept) {
    start(kept, 0, kept.count());
  }

  /** Moves to the next run and returns true, or returns false after the last one. */
  public boolean next() {
    if (from >= end) {
      return false;
    }
    row = from;
    position = kept.position(run, from);
    run++;
    from = Math.min(end, kept.runFirst(run));
    return true;
  }

  /** Returns the number of the first kept row of the run, as far as it belongs to the stretch. */
  public long row() {
    return row;
  }

  /** Returns how many rows the run has in the stretch. */
  public long rows() {
    return from - row;
  }

  /** Returns the position of the run's first row. */
  public long position() {
    return position;
  }

  /** Returns whether the run is the last one of the stretch. */
  public boolean isLast() {
    return from == end;
  }

  /** Forgets the rows, which belong to the caller. */
  public void stop() {
    kept = KeptRows.NONE;
    end = 0;
    from = 0;
  }
}
