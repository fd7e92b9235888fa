package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import java.lang.foreign.MemorySegment;

/** The source of rows that nobody needs. */
enum NoRows implements RowSource {
  INSTANCE;

  @Override
  public long hostRowBytes() {
    return 0;
  }

  @Override
  public void fill(long row, long rows, MemorySegment to) {
    // There is nothing to send.
  }

  @Override
  public GpuMatrix open(long row, long rows, long address, LaunchQueue queue) {
    return GpuMatrix.NONE;
  }
}
