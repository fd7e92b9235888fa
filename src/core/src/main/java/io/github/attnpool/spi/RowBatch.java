package io.github.attnpool.spi;

import io.github.attnpool.DeviceRows;
import io.github.attnpool.ElementType;
import io.github.attnpool.Rows;
import java.lang.foreign.MemorySegment;

/**
 * A validated view of a batch of sequences: rows of x in the caller's memory, the bounds of the
 * sequences, the rows that take part, and a query for each sequence if there are some. Immutable
 * and shared between threads.
 */
public final class RowBatch implements EngineInput {
  private final Rows rows;
  private final SequenceBounds bounds;
  private final KeptRows kept;
  private final MemorySegment queries; // [B,Q], or null

  /**
   * @param queries F32 [B,Q], or null if there are none
   */
  public RowBatch(Rows rows, SequenceBounds bounds, KeptRows kept, MemorySegment queries) {
    this.rows = rows;
    this.bounds = bounds;
    this.kept = kept;
    this.queries = queries;
  }

  @Override
  public RowBatch rows() {
    return this;
  }

  /** Returns these sequences with other rows taking part. */
  public RowBatch withKept(KeptRows other) {
    return new RowBatch(rows, bounds, other, queries);
  }

  /** Returns these sequences with other queries. */
  public RowBatch withQueries(MemorySegment other) {
    return new RowBatch(rows, bounds, kept, other);
  }

  /** Returns the bounds of the sequences. */
  public SequenceBounds bounds() {
    return bounds;
  }

  /** Returns B, the number of sequences. */
  public int batch() {
    return bounds.batch();
  }

  /** Returns the number of positions, padding included: B·T or N. */
  public long positions() {
    return bounds.positions();
  }

  /** Returns the position of a sequence's first row, or for {@code batch()} the end of the last. */
  public long offset(int sequence) {
    return bounds.offset(sequence);
  }

  /**
   * Returns where in weights and scores a head's values for a sequence begin. The value of position
   * p is {@code p - offset(sequence)} elements further on. A padded batch is [B,R,T], a ragged one
   * [R,N].
   */
  public long resultIndex(int sequence, int head, int heads) {
    return bounds.isPadded()
        ? (heads * (long) sequence + head) * bounds.steps()
        : head * positions() + offset(sequence);
  }

  /**
   * Returns the index from which positions count in weights and scores, for a head and a sequence:
   * the value of position p is at {@code resultBase + p}.
   */
  public long resultBase(int sequence, int head, int heads) {
    return resultIndex(sequence, head, heads) - offset(sequence);
  }

  /** Returns the number of values in a row of x. */
  public int width() {
    return rows.width();
  }

  /** Returns the number of elements from one row of x to the next, at least the width. */
  public long pitch() {
    return rows.pitch();
  }

  /** Returns the type of x's elements. */
  public ElementType type() {
    return rows.type();
  }

  /** Returns whether x lies in device memory. */
  public boolean isOnDevice() {
    return rows.device().isPresent();
  }

  /** Returns x, row by position; null if it lies on a device. */
  public MemorySegment x() {
    return rows.memory().orElse(null);
  }

  /** Returns x in device memory; null if it lies in host memory. */
  public DeviceRows deviceRows() {
    return rows.device().orElse(null);
  }

  /** Returns whether there are queries. */
  public boolean hasQueries() {
    return queries != null;
  }

  /** Returns the queries, F32 [B,Q]; null unless {@link #hasQueries}. */
  public MemorySegment queries() {
    return queries;
  }

  /** Returns Q, the number of values in a query; 0 if there are none. */
  public int queryWidth() {
    return queries == null || batch() == 0 ? 0 : (int) (queries.byteSize() / Float.BYTES / batch());
  }

  /** Returns the rows that take part. */
  public KeptRows kept() {
    return kept;
  }
}
