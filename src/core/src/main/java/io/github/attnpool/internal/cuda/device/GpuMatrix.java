package io.github.attnpool.internal.cuda.device;

import io.github.attnpool.internal.cuda.nvidia.GpuType;

/**
 * Rows in device memory.
 *
 * @param address of the first row; 0 where there is no matrix
 * @param pitch elements from one row to the next
 */
public record GpuMatrix(long address, GpuType type, long pitch) {
  public static final GpuMatrix NONE = new GpuMatrix(0, GpuType.F32, 0);

  /** Returns a matrix whose rows lie aligned. */
  public static GpuMatrix aligned(long address, GpuType type, long width) {
    return new GpuMatrix(address, type, type.pitch(width));
  }

  /** Returns a matrix whose rows lie side by side. */
  public static GpuMatrix dense(long address, GpuType type, long width) {
    return new GpuMatrix(address, type, width);
  }

  /** Returns the bytes of an aligned matrix. */
  public static long bytes(GpuType type, long width, long rows) {
    return type.pitch(width) * type.bytes() * rows;
  }

  /** Returns the rows from one on. */
  public GpuMatrix from(long row) {
    return new GpuMatrix(address + row * pitch * type.bytes(), type, pitch);
  }
}
