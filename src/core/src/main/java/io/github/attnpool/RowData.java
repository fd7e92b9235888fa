package io.github.attnpool;

import java.lang.foreign.MemorySegment;

/**
 * Rows in memory.
 *
 * @param x the first row's first value comes first; null where rows lie on a device
 * @param device where they lie there; null where they lie in host memory
 * @param width values in a row
 * @param pitch elements from one row to the next, at least the width
 */
record RowData(MemorySegment x, DeviceRows device, ElementType type, int width, long pitch) {
  private static final String OPERATION = "sequences";

  /**
   * Checks that x holds so many rows, and nothing else but gaps between them.
   *
   * @throws AttnPoolException if it does not, or a type or size cannot be
   */
  static RowData of(MemorySegment x, ElementType type, long rows, int width, long pitch) {
    if (x == null) {
      throw bad("x is null");
    }
    checkSize(x.byteSize(), type, rows, width, pitch);
    return new RowData(x, null, type, width, pitch);
  }

  /** The same of rows on a device. */
  static RowData of(DeviceRows x, ElementType type, long rows, int width, long pitch) {
    if (x == null) {
      throw bad("x is null");
    }
    checkSize(x.bytes(), type, rows, width, pitch);
    return new RowData(null, x, type, width, pitch);
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

  static long times(long a, long b) {
    if (Math.multiplyHigh(a, b) != 0 || a * b < 0) {
      throw bad("the size " + a + " x " + b + " is too large");
    }
    return a * b;
  }

  private static AttnPoolException bad(String problem) {
    return new AttnPoolException(OPERATION, problem);
  }
}
