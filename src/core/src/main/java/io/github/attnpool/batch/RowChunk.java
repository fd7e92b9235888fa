package io.github.attnpool.batch;

import io.github.attnpool.ElementType;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.arguments.Arguments;
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
  static final Arguments ARGUMENTS = new Arguments("chunk");
  private static final long ALIGNMENT = 64;

  private final int maxRows;
  private final int maxSequences;
  private final ElementType type;
  private final int width;
  private final MemorySegment x;
  private final MemorySegment queries; // empty where there are none
  private final int queryWidth;
  private final MemorySegment bias; // empty where there is none
  private final int biasHeads;

  private int sequence;
  private int sequences;
  private boolean begins;
  private boolean ends;
  private int rows;
  private int runs;
  private long[] offsets = new long[2]; // of each sequence's rows here
  private long[] from = new long[1]; // position of each sequence's first row that is covered here
  private long[] to = new long[1]; // and after its last
  private int[] firstRun = new int[2];
  private long[] runPosition = new long[1];
  private int[] runRow = new int[2];

  RowChunk(SequencesStream stream, int maxRows, int maxSequences, Arena arena) {
    this.maxRows = maxRows;
    this.maxSequences = maxSequences;
    this.type = stream.type();
    this.width = stream.width();
    this.queryWidth = stream.queryWidth();
    this.x = ARGUMENTS.allocate("x", maxRows * stream.storedRowBytes(), arena, ALIGNMENT);
    this.biasHeads = stream.biasHeads();
    this.bias = ARGUMENTS.allocate("bias", maxRows, biasHeads, arena, ALIGNMENT);
    this.queries = ARGUMENTS.allocate("queries", maxSequences, queryWidth, arena, ALIGNMENT);
  }

  /** Checks that a stream can read into this now, in this thread. */
  void checkTakes(SequencesStream stream) {
    ARGUMENTS.must(
        type == stream.type()
            && width == stream.width()
            && queryWidth == stream.queryWidth()
            && biasHeads == stream.biasHeads()
            && x.byteSize() == maxRows * stream.storedRowBytes(),
        () -> "the chunk was made for another file");
    ARGUMENTS.usable("the chunk", x);
    ARGUMENTS.usable("the chunk", queries);
    ARGUMENTS.usable("the chunk", bias);
  }

  private void checkIndex(int index) {
    ARGUMENTS.index("index", index, sequences);
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

  /** Begins the next sequence, covered from a position on. */
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

  /** Memory for a bias of the rows, F32 [rows], or [R, rows] if each head has its own. */
  MemorySegment bias() {
    return bias.asSlice(0, (long) rows * biasHeads * Float.BYTES);
  }

  /**
   * {@return the rows, ragged, with queries and bias if the file has some; valid until the next
   * fill}
   */
  public Sequences view() {
    MemorySegment data = x.asSlice(0, (long) rows * width * type.bytes());
    Sequences view = Sequences.ragged(data, type, width, Arrays.copyOf(offsets, sequences + 1));
    view = queryWidth == 0 ? view : view.withQueries(queries());
    return biasHeads == 0 ? view : view.withScoreBias(bias(), biasHeads);
  }

  /** {@return the index in the batch of the first sequence} */
  public int firstSequence() {
    return sequence;
  }

  /** {@return the number of sequences} */
  public int sequences() {
    return sequences;
  }

  /** {@return whether the first row of the first sequence is here, if it has any} */
  public boolean begins() {
    return begins;
  }

  /** {@return whether the last row of the last sequence is here} */
  public boolean ends() {
    return ends;
  }

  /** {@return the number of kept rows in all} */
  public int rows() {
    return rows;
  }

  /**
   * {@return the number of kept rows of one sequence}
   *
   * @param index number of the sequence in this chunk
   */
  public int rows(int index) {
    checkIndex(index);
    return (int) (offsets[index + 1] - offsets[index]);
  }

  /**
   * {@return the first position of a sequence that this chunk covers, kept or masked}
   *
   * @param index number of the sequence in this chunk
   */
  public long from(int index) {
    checkIndex(index);
    return from[index];
  }

  /**
   * {@return the position after the last one of a sequence that this chunk covers}
   *
   * @param index number of the sequence in this chunk
   */
  public long to(int index) {
    checkIndex(index);
    return to[index];
  }

  /**
   * {@return the position after the last kept row of a sequence here; where it begins here, if it
   * has none}
   *
   * @param index number of the sequence in this chunk
   */
  public long keptEnd(int index) {
    checkIndex(index);
    int last = firstRun[index + 1] - 1;
    return last < firstRun[index] ? from[index] : runPosition[last] + runRows(last);
  }

  /** Takes the positions of a sequence in their order, as {@link #walk} finds them. */
  public interface Positions {
    /**
     * Takes the next positions, whose rows are masked.
     *
     * @param count number of positions, at least 0
     */
    void masked(long count);

    /**
     * Takes the next positions, whose rows are kept.
     *
     * @param row index in this chunk of the first one's row
     * @param count number of positions, at least 1
     */
    void kept(int row, int count);
  }

  /**
   * Walks the positions of a sequence that this chunk covers.
   *
   * @param index number of the sequence in this chunk
   * @param positions takes them
   */
  public void walk(int index, Positions positions) {
    checkIndex(index);
    ARGUMENTS.given("positions", positions);
    long position = from[index];
    for (int run = firstRun[index]; run < firstRun[index + 1]; run++) {
      positions.masked(runPosition[run] - position);
      positions.kept(runRow[run], runRows(run));
      position = runPosition[run] + runRows(run);
    }
    positions.masked(to[index] - position);
  }

  /** Returns the index of a sequence's first run; for {@code sequences()}, the number of runs. */
  int firstRun(int index) {
    return firstRun[index];
  }

  /** Returns the position of a run's first row. */
  long runPosition(int run) {
    return runPosition[run];
  }

  /** Returns the index in this chunk of a run's first row. */
  int runRow(int run) {
    return runRow[run];
  }

  /** Returns the number of rows of a run. */
  int runRows(int run) {
    return runRow[run + 1] - runRow[run];
  }
}
