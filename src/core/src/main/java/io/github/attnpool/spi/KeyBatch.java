package io.github.attnpool.spi;

import java.lang.foreign.MemorySegment;

/** A batch whose hidden units, and projected rows where the layer projects, are kept in memory. */
public final class KeyBatch implements EngineInput {
  private final RowBatch rows;
  private final MemorySegment units;
  private final MemorySegment projected; // null where x itself is pooled

  /**
   * Makes keys over memory that an engine is to fill.
   *
   * @param rows the sequences
   * @param units F32 [kept rows, D], or [kept rows, 2·D] with those of the gate after them
   * @param projected F32 [kept rows, H], or null if the layer projects no rows
   */
  public KeyBatch(RowBatch rows, MemorySegment units, MemorySegment projected) {
    this.rows = rows;
    this.units = units;
    this.projected = projected;
  }

  @Override
  public RowBatch rows() {
    return rows;
  }

  /**
   * {@return the hidden units: W·x, and V·x with a gate, before bias, query term and activation}
   */
  public MemorySegment units() {
    return units;
  }

  /** {@return whether rows are projected; if not, rows of x are pooled} */
  public boolean isProjected() {
    return projected != null;
  }

  /** {@return the projected rows; null unless {@link #isProjected}} */
  public MemorySegment projected() {
    return projected;
  }
}
