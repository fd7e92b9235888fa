package io.github.attnpool;

import static io.github.attnpool.SequenceCheck.bad;
import static io.github.attnpool.SequenceCheck.check;

/** Where the sequences of a batch begin and end: the positions of their first rows. */
final class SequenceBounds {
  private static final int MAX_BATCH = Integer.MAX_VALUE - 16; // offsets have to fit an array

  private final long steps; // T, or -1 when ragged
  private final long[] offsets; // [B+1]

  private SequenceBounds(long steps, long... offsets) {
    this.steps = steps;
    this.offsets = offsets;
  }

  /**
   * Positions of a padded batch: B·T.
   *
   * @throws AttnPoolException if a size is negative or too large
   */
  static long positions(int batch, long steps) {
    check(
        batch >= 0 && batch <= MAX_BATCH,
        () -> "batch is " + batch + ", must be 0 to " + MAX_BATCH);
    check(steps >= 0, () -> "steps is " + steps + ", must be at least 0");
    return RowData.times(batch, steps);
  }

  /**
   * Sequences of the same number of positions.
   *
   * @param batch checked by {@link #positions}, and that there are so many rows: this much is
   *     allocated
   */
  static SequenceBounds padded(int batch, long steps) {
    long[] offsets = new long[batch + 1];
    for (int b = 0; b < batch; b++) {
      offsets[b + 1] = offsets[b] + steps;
    }
    return new SequenceBounds(steps, offsets);
  }

  /**
   * Sequences of different lengths.
   *
   * @throws AttnPoolException if offsets do not run from 0 without falling
   */
  static SequenceBounds ragged(long... offsets) {
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
    return new SequenceBounds(-1, own);
  }

  int batch() {
    return offsets.length - 1;
  }

  boolean isPadded() {
    return steps >= 0;
  }

  /** T, or −1 when ragged. */
  long steps() {
    return steps;
  }

  /** In all: B·T or N. */
  long positions() {
    return offsets[offsets.length - 1];
  }

  /** With {@code sequence == batch()}, the end of the last. */
  long offset(int sequence) {
    return offsets[sequence];
  }
}
