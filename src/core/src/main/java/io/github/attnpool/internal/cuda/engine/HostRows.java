package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.spi.KeptRows;
import java.lang.foreign.MemorySegment;

/** Kept rows of x in host memory: copied run by run to pinned memory, and sent from there. */
record HostRows(HostMatrix x, KeptRows kept) implements RowSource {
  @Override
  public long hostRowBytes() {
    return x.alignedRowBytes();
  }

  @Override
  public void fill(long row, long rows, MemorySegment to) {
    long end = row + rows;
    long first = row;
    for (int run = kept.runOf(row); first < end; run++) {
      long last = Math.min(end, kept.runFirst(run + 1));
      x.copy(kept.position(run, first), last - first, to, first - row);
      first = last;
    }
  }

  @Override
  public GpuMatrix open(long row, long rows, long address, LaunchQueue queue) {
    return GpuMatrix.aligned(address, x.type(), x.width());
  }
}
