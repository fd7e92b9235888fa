package io.github.attnpool.internal.cuda.kernels;

/**
 * One F32 value per head and row in device memory: scores, weights, or any small map of rows.
 *
 * @param address of the first head's first value
 * @param headStride values from one head to the next
 * @param rowStride values from one row to the next
 */
public record Scores(long address, long headStride, long rowStride) {
  /** Returns values [heads, rows]. */
  public static Scores byHead(long address, long rows) {
    return new Scores(address, rows, 1);
  }

  /** Returns values [rows, heads]. */
  public static Scores byRow(long address, long heads) {
    return new Scores(address, 1, heads);
  }

  /** Returns the values from a row on. */
  public Scores from(long row) {
    return new Scores(address + row * rowStride * Float.BYTES, headStride, rowStride);
  }
}
