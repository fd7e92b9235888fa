package io.github.attnpool;

import static io.github.attnpool.SequenceCheck.check;

import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.RowData;
import io.github.attnpool.spi.SequenceBounds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

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
  private final RowBatch rows;

  private Sequences(RowBatch rows) {
    this.rows = rows;
  }

  /** All rows take part. */
  private static Sequences whole(RowData data, SequenceBounds bounds) {
    return new Sequences(new RowBatch(data, bounds, KeptForms.all(bounds), null));
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
    return ArraySequences.copied(sequences, width, arena);
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
    long positions = SequenceCheck.positions(batch, steps);
    RowData data = SequenceCheck.rows(x, type, positions, width, pitch);
    return whole(data, SequenceBounds.padded(batch, steps)); // allocates as many offsets
  }

  /**
   * A padded batch in device memory, in which every row takes part.
   *
   * @param x row-major [batch, steps, width], exactly that many elements
   * @throws AttnPoolException as for a segment
   */
  public static Sequences padded(DeviceRows x, ElementType type, int batch, long steps, int width) {
    RowData data = SequenceCheck.rows(x, type, SequenceCheck.positions(batch, steps), width);
    return whole(data, SequenceBounds.padded(batch, steps));
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
    SequenceBounds bounds = SequenceCheck.ragged(offsets);
    return whole(SequenceCheck.rows(rows, type, bounds.positions(), width, pitch), bounds);
  }

  /**
   * A ragged batch in device memory.
   *
   * @param rows row-major [N, width], exactly that many elements
   * @param offsets [B+1], from 0 to N, never falling, in host memory
   * @throws AttnPoolException as for a segment
   */
  public static Sequences ragged(DeviceRows rows, ElementType type, int width, long... offsets) {
    SequenceBounds bounds = SequenceCheck.ragged(offsets);
    return whole(SequenceCheck.rows(rows, type, bounds.positions(), width), bounds);
  }

  /**
   * These sequences, of which only the first {@code lengths[b]} rows take part.
   *
   * @throws AttnPoolException if this is not a padded batch without lengths or mask, or a length is
   *     outside 0 … steps
   */
  public Sequences withLengths(long... lengths) {
    KeptRows kept = KeptForms.byLengths(rows.bounds(), rows.kept(), lengths);
    return new Sequences(rows.withKept(kept));
  }

  /**
   * These sequences, of which only the rows marked 1 take part.
   *
   * @param keep [batch, steps] bytes: 1 = attend, 0 = ignore the row
   * @throws AttnPoolException if this is not a padded batch without lengths or mask, the mask has
   *     another size, cannot be read here, or has a byte that is neither 0 nor 1
   */
  public Sequences withKeepMask(MemorySegment keep) {
    return new Sequences(rows.withKept(KeptForms.byMask(rows.bounds(), rows.kept(), keep)));
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
    SequenceCheck.checkQueries(queries, batch());
    return new Sequences(rows.withQueries(queries));
  }

  /** B: number of sequences. */
  public int batch() {
    return rows.batch();
  }

  /** Whether this is a padded batch. */
  public boolean isPadded() {
    return rows.bounds().isPadded();
  }

  /** T: positions of every sequence of a padded batch; −1 when ragged. */
  public long steps() {
    return rows.bounds().steps();
  }

  /** Positions in all, padding included: B·T or N. */
  public long positions() {
    return rows.positions();
  }

  /** Position of a sequence's first row; with {@code sequence == batch()}, the end of the last. */
  public long offset(int sequence) {
    return rows.offset(sequence);
  }

  /**
   * Where in weights and scores a head's values for a sequence begin; position p of the sequence
   * stands {@code p - offset(sequence)} behind. A padded batch is [B,R,T], a ragged one [R,N].
   */
  public long resultIndex(int sequence, int head, int heads) {
    return rows.resultIndex(sequence, head, heads);
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
    return rows.isOnDevice();
  }

  /**
   * Where the rows lie in device memory.
   *
   * @throws AttnPoolException if they lie in host memory
   */
  public DeviceRows deviceRows() {
    check(isOnDevice(), () -> "x lies in host memory, not on a device");
    return rows.deviceRows();
  }

  /** Q: values in a query; 0 where there are none. */
  public int queryWidth() {
    return rows.queryWidth();
  }

  /** Whether there are queries. */
  public boolean hasQueries() {
    return rows.hasQueries();
  }

  /**
   * The queries, F32 [B,Q].
   *
   * @throws AttnPoolException if there are none
   */
  public MemorySegment queries() {
    check(hasQueries(), () -> "there are no queries");
    return rows.queries();
  }

  /** Returns the number of rows that take part, in all. */
  public long keptRows() {
    return rows.kept().count();
  }

  /** Returns the number of rows of one sequence that take part. */
  public long keptRows(int sequence) {
    return rows.kept().count(sequence);
  }

  /** Returns what engines read. */
  RowBatch rows() {
    return rows;
  }
}
