package io.github.attnpool.spi;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.DeviceRows;
import io.github.attnpool.ElementType;
import io.github.attnpool.Rows;
import io.github.attnpool.internal.arguments.Arguments;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A validated view of a batch of sequences: rows of x in the caller's memory, the bounds of the
 * sequences, the rows that take part, and, if there are some, a query for each sequence and a bias
 * for the scores. Immutable and shared between threads.
 */
public final class RowBatch implements EngineInput {
  private static final Arguments ARGUMENTS = new Arguments("sequences");

  /** No rows of no sequence. */
  public static final RowBatch NONE =
      new RowBatch(
          Rows.of(MemorySegment.NULL, ElementType.F32, 1),
          SequenceBounds.padded(0, 0),
          KeptRows.NONE);

  private final Rows rows;
  private final SequenceBounds bounds;
  private final KeptRows kept;
  private final @Nullable MemorySegment queries; // [B,Q]; null if there are none
  private final @Nullable ScoreBias scoreBias; // null if there is none

  /**
   * Makes a view of a batch without queries. Who makes one vouches for the order of bounds and of
   * kept rows; that all rows lie in x is checked, since engines read by address.
   *
   * @param rows x
   * @param bounds of the sequences
   * @param kept the rows that take part
   * @throws AttnPoolException if x ends before the last position, or rows are kept beyond it
   */
  public RowBatch(Rows rows, SequenceBounds bounds, KeptRows kept) {
    this(
        ARGUMENTS.given("rows", rows),
        ARGUMENTS.given("bounds", bounds),
        ARGUMENTS.given("kept", kept),
        null,
        null);
  }

  private RowBatch(
      Rows rows,
      SequenceBounds bounds,
      KeptRows kept,
      @Nullable MemorySegment queries,
      @Nullable ScoreBias scoreBias) {
    this.rows = rows;
    this.bounds = bounds;
    this.kept = kept;
    this.queries = queries;
    this.scoreBias = scoreBias;
    checkExtent();
    checkBias();
  }

  private void checkExtent() {
    long positions = bounds.positions();
    int runs = kept.runs();
    long keptEnd =
        runs == 0 ? 0 : kept.runPosition(runs - 1) + kept.count() - kept.runFirst(runs - 1);
    long held = rows.device().map(DeviceRows::bytes).orElseGet(() -> x().byteSize());
    ARGUMENTS.must(
        positions <= Long.MAX_VALUE / pitch(),
        () -> positions + " positions with a pitch of " + pitch() + " are too many");
    long read = positions == 0 ? 0 : (positions - 1) * pitch() + width();
    if (keptEnd > positions || read > held / type().bytes() || kept.batch() != batch()) {
      throw new AttnPoolException(
          "sequences",
          String.format(
              Locale.ROOT,
              "x has %d bytes, %d positions and rows kept up to %d: they do not fit each other",
              held,
              positions,
              keptEnd));
    }
  }

  private void checkBias() {
    if (scoreBias != null && scoreBias.values().length != positions() * scoreBias.heads()) {
      throw new AttnPoolException(
          "sequences",
          String.format(
              Locale.ROOT,
              "the bias has %d values, must have %d for each of the %d positions",
              scoreBias.values().length,
              scoreBias.heads(),
              positions()));
    }
  }

  @Override
  public RowBatch rows() {
    return this;
  }

  /**
   * {@return these sequences with other rows taking part}
   *
   * @param other in place of the present ones
   */
  public RowBatch withKept(KeptRows other) {
    return new RowBatch(rows, bounds, ARGUMENTS.given("other", other), queries, scoreBias);
  }

  /**
   * {@return these sequences with other queries}
   *
   * @param other F32 [B,Q], in place of the present ones
   */
  public RowBatch withQueries(MemorySegment other) {
    return new RowBatch(rows, bounds, kept, ARGUMENTS.given("other", other), scoreBias);
  }

  /**
   * {@return these sequences with a bias for the scores}
   *
   * @param other in place of the present one
   * @throws AttnPoolException if it is not of this batch's size
   */
  public RowBatch withScoreBias(ScoreBias other) {
    return new RowBatch(rows, bounds, kept, queries, ARGUMENTS.given("other", other));
  }

  /** {@return the bounds of the sequences} */
  public SequenceBounds bounds() {
    return bounds;
  }

  /** {@return B, the number of sequences} */
  public int batch() {
    return bounds.batch();
  }

  /** {@return the number of positions, padding included: B·T or N} */
  public long positions() {
    return bounds.positions();
  }

  /**
   * {@return the position of a sequence's first row, or for {@code batch()} the end of the last}
   *
   * @param sequence 0 to B − 1
   */
  public long offset(int sequence) {
    return bounds.offset(sequence);
  }

  /**
   * {@return where in weights and scores a head's values for a sequence begin} The value of
   * position p is {@code p - offset(sequence)} elements further on. A padded batch is [B,R,T], a
   * ragged one [R,N].
   *
   * @param sequence 0 to B − 1
   * @param head 0 to R − 1
   * @param heads R
   */
  public long resultIndex(int sequence, int head, int heads) {
    return bounds.isPadded()
        ? (heads * (long) sequence + head) * bounds.steps()
        : head * positions() + offset(sequence);
  }

  /**
   * {@return the index from which positions count in weights and scores, for a head and a sequence:
   * the value of position p is at {@code resultBase + p}}
   *
   * @param sequence 0 to B − 1
   * @param head 0 to R − 1
   * @param heads R
   */
  public long resultBase(int sequence, int head, int heads) {
    return resultIndex(sequence, head, heads) - offset(sequence);
  }

  /** {@return the number of values in a row of x} */
  public int width() {
    return rows.width();
  }

  /** {@return the number of elements from one row of x to the next, at least the width} */
  public long pitch() {
    return rows.pitch();
  }

  /** {@return the type of x's elements} */
  public ElementType type() {
    return rows.type();
  }

  /** {@return whether x lies in device memory} */
  public boolean isOnDevice() {
    return rows.device().isPresent();
  }

  /** {@return x, row by position; must not be asked for if it lies on a device} */
  public MemorySegment x() {
    return rows.memory().orElseThrow(() -> ARGUMENTS.bad("x lies in device memory"));
  }

  /** {@return x in device memory; must not be asked for unless {@link #isOnDevice}} */
  public DeviceRows deviceRows() {
    return rows.device().orElseThrow(() -> ARGUMENTS.bad("x lies in host memory"));
  }

  private static <T> T there(String name, @Nullable T value) {
    if (value == null) {
      throw ARGUMENTS.bad("there is no " + name);
    }
    return value;
  }

  /** {@return whether there are queries} */
  public boolean hasQueries() {
    return queries != null;
  }

  /** {@return the queries, F32 [B,Q]; must not be asked for unless {@link #hasQueries}} */
  public MemorySegment queries() {
    return there("queries", queries);
  }

  /** {@return Q, the number of values in a query; 0 if there are none} */
  public int queryWidth() {
    return queries == null || batch() == 0 ? 0 : (int) (queries.byteSize() / Float.BYTES / batch());
  }

  /** {@return whether something is added to the scores} */
  public boolean hasScoreBias() {
    return scoreBias != null;
  }

  /** {@return what is added to the scores; must not be asked for unless {@link #hasScoreBias}} */
  public ScoreBias scoreBias() {
    return there("bias", scoreBias);
  }

  /** {@return the rows that take part} */
  public KeptRows kept() {
    return kept;
  }
}
