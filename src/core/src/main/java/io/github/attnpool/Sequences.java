package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * A view of a batch of sequences: rows of {@code width} numbers in memory that the caller owns.
 *
 * <p>Two layouts: <i>padded</i>, x is [B,T,H] and lengths or a keep mask say which rows are real;
 * <i>ragged</i>, x is [N,H] and offsets [B+1] say where each sequence begins and ends. Every row of
 * x has a <i>position</i>: b·T + t, or its index in [N,H].
 *
 * <p>Immutable; lengths, masks and offsets are copied, x is not. Nothing is read from x before a
 * forward call. x must stay alive, and should not be changed, while a forward call reads it.
 */
public final class Sequences {
  private static final String OPERATION = "sequences";
  private static final int MAX_BATCH = Integer.MAX_VALUE - 16; // offsets have to fit an array

  private final RowData rows;
  private final long steps; // T, or -1 when ragged
  private final long[] offsets; // [B+1] positions
  private final KeptRows kept;
  private final MemorySegment queries; // [B,Q], or null

  private Sequences(
      RowData rows, long steps, long[] offsets, KeptRows kept, MemorySegment queries) {
    this.rows = rows;
    this.steps = steps;
    this.offsets = offsets;
    this.kept = kept;
    this.queries = queries;
  }

  /**
   * A padded batch in which every row takes part.
   *
   * @param x row-major [batch, steps, width], exactly that many elements
   * @throws AttnPoolException if a size is negative, the width is not positive, or x has another
   *     size
   */
  public static Sequences padded(
      MemorySegment x, ElementType type, int batch, long steps, int width) {
    return paddedWithPitch(x, type, batch, steps, width, width);
  }

  /**
   * A padded batch in a buffer, from its position to its limit. Values are little-endian whatever
   * the buffer's order is; a direct buffer is read in place, another is copied a tile at a time.
   *
   * @throws AttnPoolException as for a segment
   */
  public static Sequences padded(ByteBuffer x, ElementType type, int batch, long steps, int width) {
    check(x != null, () -> "x is null");
    return padded(MemorySegment.ofBuffer(x), type, batch, steps, width);
  }

  /**
   * A padded batch in an array, which is copied a tile at a time in each forward call.
   *
   * @param x row-major [batch, steps, width]
   * @throws AttnPoolException as for a segment
   */
  public static Sequences padded(float[] x, int batch, long steps, int width) {
    check(x != null, () -> "x is null");
    return padded(MemorySegment.ofArray(x), ElementType.F32, batch, steps, width);
  }

  /**
   * A ragged batch of sequences of different lengths, copied once to native memory.
   *
   * @param sequences each row-major [its rows, width]
   * @param arena owner of the copy
   * @throws AttnPoolException if an array is null or not made of whole rows
   */
  public static Sequences ragged(List<float[]> sequences, int width, Arena arena) {
    check(sequences != null && arena != null, () -> "the sequences or the arena are null");
    check(width > 0, () -> "width is " + width + ", must be at least 1");
    long[] offsets = new long[sequences.size() + 1];
    for (int b = 0; b < sequences.size(); b++) {
      float[] sequence = sequences.get(b);
      if (sequence == null || sequence.length % width != 0) {
        throw bad(
            "sequence %d %s, must be whole rows of %d values"
                .formatted(
                    b, sequence == null ? "is null" : "has " + sequence.length + " values", width));
      }
      offsets[b + 1] = offsets[b] + sequence.length / width;
    }
    long rows = offsets[sequences.size()];
    MemorySegment copy = arena.allocate(rows * width * Float.BYTES, Float.BYTES);
    for (int b = 0; b < sequences.size(); b++) {
      float[] sequence = sequences.get(b);
      long at = offsets[b] * width * Float.BYTES;
      MemorySegment.copy(sequence, 0, copy, JAVA_FLOAT, at, sequence.length);
    }
    return ragged(copy, ElementType.F32, width, offsets);
  }

  /**
   * A padded batch of rows with gaps between them, for example some columns of a wider matrix. They
   * are copied a tile at a time.
   *
   * @param x row p begins at element p·pitch; it ends with the last row or the gap behind it
   * @param pitch elements from one row to the next, at least the width
   * @throws AttnPoolException as {@link #padded} does, or if the pitch is smaller than the width
   */
  public static Sequences paddedWithPitch(
      MemorySegment x, ElementType type, int batch, long steps, int width, long pitch) {
    return padded(RowData.of(x, type, rowsOf(batch, steps), width, pitch), batch, steps);
  }

  /**
   * A padded batch in device memory, in which every row takes part.
   *
   * @param x row-major [batch, steps, width], exactly that many elements
   * @throws AttnPoolException as for a segment
   */
  public static Sequences padded(DeviceRows x, ElementType type, int batch, long steps, int width) {
    return padded(RowData.of(x, type, rowsOf(batch, steps), width, width), batch, steps);
  }

  private static long rowsOf(int batch, long steps) {
    check(
        batch >= 0 && batch <= MAX_BATCH,
        () -> "batch is " + batch + ", must be 0 to " + MAX_BATCH);
    check(steps >= 0, () -> "steps is " + steps + ", must be at least 0");
    return RowData.times(batch, steps);
  }

  private static Sequences padded(RowData rows, int batch, long steps) {
    long[] offsets = new long[batch + 1];
    for (int b = 0; b < batch; b++) {
      offsets[b + 1] = offsets[b] + steps;
    }
    return new Sequences(rows, steps, offsets, keepAll(offsets), null);
  }

  /**
   * A ragged batch.
   *
   * @param rows row-major [N, width], exactly that many elements
   * @param offsets [B+1], from 0 to N, never falling: sequence b is rows offsets[b] … offsets[b+1]
   * @throws AttnPoolException if offsets do not run from 0 to N without falling, or sizes do not
   *     fit
   */
  public static Sequences ragged(MemorySegment rows, ElementType type, int width, long... offsets) {
    return raggedWithPitch(rows, type, width, width, offsets);
  }

  /**
   * A ragged batch of rows with gaps between them; see {@link #paddedWithPitch}.
   *
   * @throws AttnPoolException as {@link #ragged} does, or if the pitch is smaller than the width
   */
  public static Sequences raggedWithPitch(
      MemorySegment rows, ElementType type, int width, long pitch, long... offsets) {
    long[] own = ownOffsets(offsets);
    RowData data = RowData.of(rows, type, own[own.length - 1], width, pitch);
    return new Sequences(data, -1, own, keepAll(own), null);
  }

  /**
   * A ragged batch in device memory.
   *
   * @param rows row-major [N, width], exactly that many elements
   * @param offsets [B+1], from 0 to N, never falling, in host memory
   * @throws AttnPoolException as for a segment
   */
  public static Sequences ragged(DeviceRows rows, ElementType type, int width, long... offsets) {
    long[] own = ownOffsets(offsets);
    RowData data = RowData.of(rows, type, own[own.length - 1], width, width);
    return new Sequences(data, -1, own, keepAll(own), null);
  }

  private static long[] ownOffsets(long... offsets) {
    check(offsets != null && offsets.length > 0, () -> "offsets are missing, must have B+1 values");
    long[] own = offsets.clone(); // before the checks: the caller's may change meanwhile
    check(own[0] == 0, () -> "offsets[0] is " + own[0] + ", must be 0");
    for (int b = 1; b < own.length; b++) {
      if (own[b] < own[b - 1]) {
        throw bad(
            "offsets[%d] is %d, must not be below the %d before it"
                .formatted(b, own[b], own[b - 1]));
      }
    }
    return own;
  }

  /**
   * These sequences, of which only the first {@code lengths[b]} rows take part.
   *
   * @throws AttnPoolException if this is not a padded batch without lengths or mask, or a length is
   *     outside 0 … steps
   */
  public Sequences withLengths(long... lengths) {
    checkUnmasked("lengths");
    check(
        lengths != null && lengths.length == batch(),
        () ->
            "there are "
                + (lengths == null ? "no" : lengths.length)
                + " lengths, must be one for each of the "
                + batch()
                + " sequences");
    KeptRows.Builder kept = new KeptRows.Builder(batch());
    for (int b = 0; b < batch(); b++) {
      long length = lengths[b];
      if (length < 0 || length > steps) {
        throw bad("lengths[" + b + "] is " + length + ", must be 0 to " + steps);
      }
      kept.keep(offsets[b], length);
      kept.endSequence();
    }
    return new Sequences(rows, steps, offsets, kept.build(), queries);
  }

  /**
   * These sequences, of which only the rows marked 1 take part.
   *
   * @param keep [batch, steps] bytes: 1 = attend, 0 = ignore the row
   * @throws AttnPoolException if this is not a padded batch without lengths or mask, the mask has
   *     another size, cannot be read here, or has a byte that is neither 0 nor 1
   */
  public Sequences withKeepMask(MemorySegment keep) {
    checkUnmasked("a keep mask");
    check(
        keep != null && keep.byteSize() == positions(),
        () ->
            "the keep mask has "
                + (keep == null ? "no" : keep.byteSize())
                + " bytes, must have one for each of the "
                + positions()
                + " positions");
    check(
        keep.scope().isAlive() && keep.isAccessibleBy(Thread.currentThread()),
        () -> "the keep mask's memory is closed or belongs to another thread");
    KeptRows.Builder kept = new KeptRows.Builder(batch());
    for (int b = 0; b < batch(); b++) {
      long end = offsets[b + 1];
      for (long position = offsets[b]; position < end; position++) {
        byte mark = keep.get(JAVA_BYTE, position);
        if (mark != 0 && mark != 1) {
          throw bad("the keep mask at position " + position + " is " + mark + ", must be 0 or 1");
        }
        kept.keep(position, mark);
      }
      kept.endSequence();
    }
    return new Sequences(rows, steps, offsets, kept.build(), queries);
  }

  /**
   * These sequences, with a query for each: what a decoder asks them. The queries' memory is read
   * at each forward call, so that it may change in between.
   *
   * @param queries F32 [B,Q], row-major; Q as the layer's parameters want it; for forward calls in
   *     native memory that is not mapped from a file
   * @throws AttnPoolException if it is null, or does not have the same number of values, at least
   *     one, for each sequence
   */
  public Sequences withQueries(MemorySegment queries) {
    check(queries != null, () -> "the queries are null");
    long row = (long) Float.BYTES * Math.max(1, batch());
    long width = queries.byteSize() / row;
    check(
        queries.byteSize() % row == 0 && width <= Integer.MAX_VALUE && (width > 0 || batch() == 0),
        () ->
            "the queries have "
                + queries.byteSize()
                + " bytes, must have the same number of F32 values for each of the "
                + batch()
                + " sequences");
    return new Sequences(rows, steps, offsets, kept, queries);
  }

  /** B: number of sequences. */
  public int batch() {
    return offsets.length - 1;
  }

  /** Whether this is a padded batch. */
  public boolean isPadded() {
    return steps >= 0;
  }

  /** T: positions of every sequence of a padded batch; −1 when ragged. */
  public long steps() {
    return steps;
  }

  /** Positions in all, padding included: B·T or N. */
  public long positions() {
    return offsets[offsets.length - 1];
  }

  /** Position of a sequence's first row; with {@code sequence == batch()}, the end of the last. */
  public long offset(int sequence) {
    return offsets[sequence];
  }

  /**
   * Where in weights and scores a head's values for a sequence begin; position p of the sequence
   * stands {@code p - offset(sequence)} behind. A padded batch is [B,R,T], a ragged one [R,N].
   */
  public long resultIndex(int sequence, int head, int heads) {
    return isPadded()
        ? (heads * (long) sequence + head) * steps
        : head * positions() + offsets[sequence];
  }

  /** Values in a row. */
  public int width() {
    return rows.width();
  }

  /** Elements from one row of x to the next: the width, or more where there are gaps. */
  public long pitch() {
    return rows.pitch();
  }

  /** Type of x's elements. */
  public ElementType type() {
    return rows.type();
  }

  /**
   * The rows, by position.
   *
   * @throws AttnPoolException if they lie on a device
   */
  public MemorySegment x() {
    check(!isOnDevice(), () -> "x lies in device memory, which the host cannot read");
    return rows.x();
  }

  /** Whether the rows lie in device memory. */
  public boolean isOnDevice() {
    return rows.device() != null;
  }

  /**
   * Where the rows lie in device memory.
   *
   * @throws AttnPoolException if they lie in host memory
   */
  public DeviceRows deviceRows() {
    check(isOnDevice(), () -> "x lies in host memory, not on a device");
    return rows.device();
  }

  /** Q: values in a query; 0 where there are none. */
  public int queryWidth() {
    return queries == null || batch() == 0 ? 0 : (int) (queries.byteSize() / Float.BYTES / batch());
  }

  /** Whether there are queries. */
  public boolean hasQueries() {
    return queries != null;
  }

  /**
   * The queries, F32 [B,Q].
   *
   * @throws AttnPoolException if there are none
   */
  public MemorySegment queries() {
    check(hasQueries(), () -> "there are no queries");
    return queries;
  }

  /** Which rows take part. */
  public KeptRows kept() {
    return kept;
  }

  private void checkUnmasked(String what) {
    check(isPadded(), () -> what + " can only be given to a padded batch");
    check(
        kept.count() == positions(),
        () -> what + " cannot be given to a batch that already has some");
  }

  private static KeptRows keepAll(long[] offsets) {
    KeptRows.Builder kept = new KeptRows.Builder(offsets.length - 1);
    for (int b = 0; b + 1 < offsets.length; b++) {
      kept.keep(offsets[b], offsets[b + 1] - offsets[b]);
      kept.endSequence();
    }
    return kept.build();
  }

  private static void check(boolean good, Supplier<String> problem) {
    if (!good) {
      throw bad(problem.get());
    }
  }

  private static AttnPoolException bad(String problem) {
    return new AttnPoolException(OPERATION, problem);
  }
}
