package io.github.attnpool.spi;

import io.github.attnpool.internal.arguments.Arguments;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A batch whose hidden units, and projected rows where the layer projects, are kept in memory. */
public final class KeyBatch implements EngineInput {
  private static final Arguments ARGUMENTS = new Arguments("keys");

  /** Keys of no rows. */
  public static final KeyBatch NONE = new KeyBatch(RowBatch.NONE, MemorySegment.NULL);

  private final RowBatch rows;
  private final MemorySegment units;
  private final @Nullable MemorySegment projected; // null where x itself is pooled

  private KeyBatch(RowBatch rows, MemorySegment units, @Nullable MemorySegment projected) {
    this.rows = rows;
    this.units = units;
    this.projected = projected;
  }

  /**
   * Makes keys over memory that an engine is to fill, for a layer that projects no rows.
   *
   * @param rows the sequences
   * @param units F32 [kept rows, D], or [kept rows, 2·D] with those of the gate after them
   */
  public KeyBatch(RowBatch rows, MemorySegment units) {
    this(ARGUMENTS.given("rows", rows), ARGUMENTS.given("units", units), null);
  }

  /**
   * {@return these keys with memory for projected rows}
   *
   * @param projected F32 [kept rows, H]
   */
  public KeyBatch withProjected(MemorySegment projected) {
    return new KeyBatch(rows, units, ARGUMENTS.given("projected", projected));
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

  /** {@return the projected rows; must not be asked for unless {@link #isProjected}} */
  public MemorySegment projected() {
    if (projected == null) {
      throw ARGUMENTS.bad("there are no projected rows");
    }
    return projected;
  }
}
