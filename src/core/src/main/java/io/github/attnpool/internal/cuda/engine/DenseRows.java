package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import java.lang.foreign.MemorySegment;

/** Rows in host memory that are kept rows only, without gaps: those of projected keys. */
record DenseRows(HostMatrix from) implements RowSource {
  @Override
  public long hostRowBytes() {
    return from.alignedRowBytes();
  }

  @Override
  public void fill(long row, long rows, MemorySegment to) {
    from.copy(row, rows, to, 0);
  }

  @Override
  public GpuMatrix open(long row, long rows, long address, LaunchQueue queue) {
    return GpuMatrix.aligned(address, from.type(), from.width());
  }
}
