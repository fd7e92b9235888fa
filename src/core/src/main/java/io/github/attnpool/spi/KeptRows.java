package io.github.attnpool.spi;

import io.github.attnpool.internal.arguments.Arguments;
import java.util.Arrays;
import java.util.Locale;

/**
 * Which rows of a batch take part, numbered 0, 1, 2 … in order and without the gaps that padding
 * leaves. A maximal stretch of kept rows that also lie side by side in x is a <i>run</i>: most
 * batches have one per sequence or a single one in all.
 */
public final class KeptRows {
  private static final Arguments ARGUMENTS = new Arguments("kept rows");

  /** No rows of no sequence. */
  public static final KeptRows NONE = new Builder(0).build();

  private final long[] first; // [B+1] number of the first kept row of each sequence
  private final long[] runPosition; // where a run begins in x
  private final long[] runFirst; // [runs+1] number of a run's first kept row
  private final int firstEmpty;

  private KeptRows(long[] first, long[] runPosition, long[] runFirst) {
    this.first = first;
    this.runPosition = runPosition;
    this.runFirst = runFirst;
    int empty = 0;
    while (empty < first.length - 1 && first[empty + 1] > first[empty]) {
      empty++;
    }
    this.firstEmpty = empty == first.length - 1 ? -1 : empty;
  }

  /** What the JVM checks again, at no cost. */
  private static void checkIndex(String name, int index, int count) {
    if (index < 0 || index >= count) {
      ARGUMENTS.index(name, index, count);
    }
  }

  /** {@return B, the number of sequences} */
  public int batch() {
    return first.length - 1;
  }

  /** {@return the number of kept rows in all} */
  public long count() {
    return first[first.length - 1];
  }

  /**
   * {@return the number of kept rows of one sequence}
   *
   * @param sequence 0 to B − 1
   */
  public long count(int sequence) {
    checkIndex("sequence", sequence, first.length - 1);
    return first[sequence + 1] - first[sequence];
  }

  /**
   * {@return the number of a sequence's first kept row, or for {@code batch} the count of all}
   *
   * @param sequence 0 to B − 1
   */
  public long first(int sequence) {
    checkIndex("sequence", sequence, first.length);
    return first[sequence];
  }

  /** {@return the index of the first sequence without kept rows, or −1} */
  public int firstEmpty() {
    return firstEmpty;
  }

  /** {@return the number of runs} */
  public int runs() {
    return runPosition.length;
  }

  /**
   * {@return the position in x of a run's first row}
   *
   * @param run number of the run
   */
  public long runPosition(int run) {
    checkIndex("run", run, runPosition.length);
    return runPosition[run];
  }

  /**
   * {@return the number of a run's first kept row, or for {@code runs()} the count of all}
   *
   * @param run number of the run
   */
  public long runFirst(int run) {
    checkIndex("run", run, runFirst.length);
    return runFirst[run];
  }

  /**
   * {@return the run that holds a kept row}
   *
   * @param row number of the kept row
   */
  public int runOf(long row) {
    int found = Arrays.binarySearch(runFirst, row);
    return found >= 0 ? found : -found - 2;
  }

  /**
   * {@return the position in x of a kept row}
   *
   * @param row number of the kept row
   */
  public long position(long row) {
    if (row < 0 || row >= count()) {
      ARGUMENTS.index("row", row, count());
    }
    return position(runOf(row), row);
  }

  /**
   * {@return the position in x of a kept row whose run is known}
   *
   * @param run number of the run
   * @param row number of the kept row
   */
  public long position(int run, long row) {
    checkIndex("run", run, runPosition.length);
    return runPosition[run] + (row - runFirst[run]);
  }

  /** Collects kept stretches in ascending order, sequence by sequence. */
  public static final class Builder {
    private final long[] first;
    private int sequence;
    private long count;
    private long end = -1; // position after the last run
    private long[] runPosition = new long[4];
    private long[] runFirst = new long[5];
    private int runs;

    /**
     * Starts with no sequence.
     *
     * @param batch B, the number of sequences
     */
    public Builder(int batch) {
      ARGUMENTS.notNegative("batch", batch);
      first = ARGUMENTS.longs("numbers of first rows", batch + 1L);
    }

    /**
     * Adds rows that lie side by side, after all those added before.
     *
     * @param position of the first of these rows in x
     * @param rows number of these rows
     */
    public void keep(long position, long rows) {
      if (rows == 0) {
        return;
      }
      if (position < end || position < 0 || rows < 0 || position + rows < 0) {
        throw ARGUMENTS.bad(
            String.format(
                Locale.ROOT,
                "%d rows from position %d on, must come after those before, up to %d",
                rows,
                position,
                end));
      }
      if (position != end) {
        if (runs == runPosition.length) {
          runPosition = Arrays.copyOf(runPosition, runs * 2);
          runFirst = Arrays.copyOf(runFirst, runs * 2 + 1);
        }
        runPosition[runs] = position;
        runFirst[runs] = count;
        runs++;
      }
      count += rows;
      end = position + rows;
    }

    /** Ends a sequence. */
    public void endSequence() {
      ARGUMENTS.must(
          sequence < first.length - 1,
          () -> "all " + (first.length - 1) + " sequences have ended already");
      first[++sequence] = count;
    }

    /** {@return the rows, when every sequence of the batch has ended} */
    public KeptRows build() {
      ARGUMENTS.must(
          sequence == first.length - 1,
          () ->
              String.format(
                  Locale.ROOT, "%d of %d sequences have ended", sequence, first.length - 1));
      runFirst[runs] = count;
      return new KeptRows(
          first, Arrays.copyOf(runPosition, runs), Arrays.copyOf(runFirst, runs + 1));
    }
  }
}
