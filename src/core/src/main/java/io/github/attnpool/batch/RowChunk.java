package io.github.attnpool.batch;

import io.github.attnpool.ElementType;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Room for a part of a batch, filled again and again by {@link SequencesStream#read}: the kept rows
 * of consecutive sequences, side by side. Either all of those sequences are whole, or there is one
 * and it is a part: the first of a sequence {@link #begins}, the last {@link #ends}.
 *
 * <p>Rows that lie side by side in the file too are a <i>run</i>; no run crosses from one sequence
 * to the next. Positions count the rows of the file's x, masked ones too.
 */
public final class RowChunk {
  private static final long ALIGNMENT = 64;

  private final int maxRows;
  private final int maxSequences;
  private final ElementType type;
  private final int width;
  private final MemorySegment x;
  private final MemorySegment queries; // null where there are none
  private final int queryWidth;

  private int sequence;
  private int sequences;
  private boolean begins;
  private boolean ends;
  private int rows;
  private int runs;
  private long[] offsets = new long[2]; // of each sequence's rows here
  private long[] from = new long[1]; // position of each sequence's first row that is settled here
  private long[] to = new long[1]; // and behind its last
  private int[] firstRun = new int[2];
  private long[] runPosition = new long[1];
  private int[] runRow = new int[2];

  RowChunk(SequencesStream stream, int maxRows, int maxSequences, Arena arena) {
    this.maxRows = maxRows;
    this.maxSequences = maxSequences;
    this.type = stream.type();
    this.width = stream.width();
    this.queryWidth = stream.queryWidth();
    this.x = arena.allocate(maxRows * stream.storedRowBytes(), ALIGNMENT);
    this.queries =
        queryWidth == 0
            ? null
            : arena.allocate((long) maxSequences * queryWidth * Float.BYTES, ALIGNMENT);
  }

  void clear(int firstSequence) {
    sequence = firstSequence;
    sequences = 0;
    rows = 0;
    runs = 0;
    begins = true;
    ends = true;
  }

  int freeRows() {
    return maxRows - rows;
  }

  boolean isFull() {
    return sequences == maxSequences;
  }

  /** The next sequence, settled from a position on. */
  void beginSequence(long position, boolean itsFirst) {
    if (sequences == from.length) {
      int larger = Math.min(maxSequences, 2 * sequences);
      from = Arrays.copyOf(from, larger);
      to = Arrays.copyOf(to, larger);
      offsets = Arrays.copyOf(offsets, larger + 1);
      firstRun = Arrays.copyOf(firstRun, larger + 1);
    }
    from[sequences] = position;
    begins = itsFirst;
  }

  void addRun(long position, int count) {
    if (runs == runPosition.length) {
      runPosition = Arrays.copyOf(runPosition, 2 * runs);
      runRow = Arrays.copyOf(runRow, 2 * runs + 1);
    }
    runPosition[runs] = position;
    runRow[runs] = rows;
    runs++;
    rows += count;
    runRow[runs] = rows;
  }

  void endSequence(long position, boolean itsLast) {
    to[sequences] = position;
    sequences++;
    offsets[sequences] = rows;
    firstRun[sequences] = runs;
    ends = itsLast;
  }

  MemorySegment x() {
    return x;
  }

  MemorySegment queries() {
    return queries.asSlice(0, (long) sequences * queryWidth * Float.BYTES);
  }

  /** The rows, ragged, with queries if the file has some; good until this is filled again. */
  public Sequences view() {
    MemorySegment data = x.asSlice(0, (long) rows * width * type.bytes());
    Sequences view = Sequences.ragged(data, type, width, Arrays.copyOf(offsets, sequences + 1));
    return queries == null ? view : view.withQueries(queries());
  }

  /** Number in the batch of the first sequence. */
  public int firstSequence() {
    return sequence;
  }

  /** Number of sequences. */
  public int sequences() {
    return sequences;
  }

  /** Whether the first row of the first sequence is here, if it has any. */
  public boolean begins() {
    return begins;
  }

  /** Whether the last row of the last sequence is here. */
  public boolean ends() {
    return ends;
  }

  /** Kept rows in all. */
  public int rows() {
    return rows;
  }

  /** Kept rows of one sequence. */
  public int rows(int index) {
    return (int) (offsets[index + 1] - offsets[index]);
  }

  /** First position that this chunk settles of a sequence: kept in a run of it, or masked. */
  public long from(int index) {
    return from[index];
  }

  /** Position behind the last that this chunk settles of a sequence. */
  public long to(int index) {
    return to[index];
  }

  /** Number of a sequence's first run; with {@code index == sequences()}, of all runs. */
  public int firstRun(int index) {
    return firstRun[index];
  }

  /** Position of a run's first row. */
  public long runPosition(int run) {
    return runPosition[run];
  }

  /** Place here of a run's first row; with the number of all runs, that of all rows. */
  public int runRow(int run) {
    return runRow[run];
  }

  /** Rows of a run. */
  public int runRows(int run) {
    return runRow[run + 1] - runRow[run];
  }
}
