package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import java.lang.foreign.MemorySegment;

/**
 * Rows in host memory.
 *
 * @param pitch elements from one row to the next
 * @param width elements of a row
 */
record HostMatrix(MemorySegment values, GpuType type, long pitch, int width) {
  /** Returns the bytes of a row where rows lie aligned. */
  long alignedRowBytes() {
    return GpuMatrix.bytes(type, width, 1);
  }

  /**
   * Copies rows to where they lie aligned.
   *
   * @param row the first one here
   * @param first the first one there
   */
  void copy(long row, long rows, MemorySegment to, long first) {
    long toPitch = alignedRowBytes();
    long fromPitch = pitch * type.bytes();
    long at = first * toPitch;
    if (toPitch == fromPitch && pitch == width) {
      MemorySegment.copy(values, row * fromPitch, to, at, rows * fromPitch);
      return;
    }
    long bytes = (long) width * type.bytes();
    for (long i = 0; i < rows; i++) {
      MemorySegment.copy(values, (row + i) * fromPitch, to, at + i * toPitch, bytes);
    }
  }
}
