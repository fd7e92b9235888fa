package io.github.attnpool;

import io.github.attnpool.spi.RowData;
import io.github.attnpool.spi.SequenceBounds;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Refuses what cannot be a batch of sequences. */
final class SequenceCheck {
  private static final String OPERATION = "sequences";
  private static final int MAX_BATCH = Integer.MAX_VALUE - 16; // offsets have to fit an array

  private SequenceCheck() {}

  static void check(boolean good, Supplier<String> problem) {
    if (!good) {
      throw bad(problem.get());
    }
  }

  static AttnPoolException bad(String problem) {
    return new AttnPoolException(OPERATION, problem);
  }

  /** Queries are the same number of values, at least one, for each sequence. */
  static void checkQueries(MemorySegment queries, int batch) {
    check(queries != null, () -> "the queries are null");
    long row = (long) Float.BYTES * Math.max(1, batch);
    long width = queries.byteSize() / row;
    check(
        queries.byteSize() % row == 0 && width <= Integer.MAX_VALUE && (width > 0 || batch == 0),
        () ->
            "the queries have "
                + queries.byteSize()
                + " bytes, must have the same number of F32 values for each of the "
                + batch
                + " sequences");
  }

  /**
   * Returns the number of positions of a padded batch: B·T.
   *
   * @throws AttnPoolException if a size is negative or too large
   */
  static long positions(int batch, long steps) {
    check(
        batch >= 0 && batch <= MAX_BATCH,
        () -> "batch is " + batch + ", must be 0 to " + MAX_BATCH);
    check(steps >= 0, () -> "steps is " + steps + ", must be at least 0");
    return times(batch, steps);
  }

  /**
   * Returns the bounds of a ragged batch.
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
    return SequenceBounds.ragged(own);
  }

  /**
   * Checks that x holds so many rows, and nothing else but gaps between them.
   *
   * @throws AttnPoolException if it does not, or a type or size cannot be
   */
  static RowData rows(MemorySegment x, ElementType type, long rows, int width, long pitch) {
    check(x != null, () -> "x is null");
    checkSize(x.byteSize(), type, rows, width, pitch);
    return new RowData(x, null, type, width, pitch);
  }

  /** Checks rows on a device, which have no gaps between them. */
  static RowData rows(DeviceRows x, ElementType type, long rows, int width) {
    check(x != null, () -> "x is null");
    checkSize(x.bytes(), type, rows, width, width);
    return new RowData(null, x, type, width, width);
  }

  private static void checkSize(long bytes, ElementType type, long rows, int width, long pitch) {
    if (type == null || !type.isReal() || type == ElementType.F64) {
      throw bad("x has element type " + type + ", must be F32, BF16 or F16");
    }
    if (width < 1) {
      throw bad("width is " + width + ", must be at least 1");
    }
    if (pitch < width) {
      throw bad("the row pitch is " + pitch + " elements, must be at least the width, " + width);
    }
    long most = times(times(rows, pitch), type.bytes());
    long least = rows == 0 ? 0 : most - (pitch - width) * type.bytes();
    if (bytes < least || bytes > most) {
      throw bad(
          "x has %d bytes, must have %s%d (%d rows of %d %s%s)"
              .formatted(
                  bytes,
                  least == most ? "" : least + " to ",
                  most,
                  rows,
                  width,
                  type,
                  pitch == width ? "" : " with a pitch of " + pitch));
    }
  }

  private static long times(long a, long b) {
    if (Math.multiplyHigh(a, b) != 0 || a * b < 0) {
      throw bad("the size " + a + " x " + b + " is too large");
    }
    return a * b;
  }
}
