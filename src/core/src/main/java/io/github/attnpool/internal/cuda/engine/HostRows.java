package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.rows.RunCursor;
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
    RunCursor runs = new RunCursor();
    for (runs.start(kept, row, rows); runs.next(); ) {
      x.copy(runs.position(), runs.rows(), to, runs.row() - row);
    }
  }

  @Override
  public GpuMatrix open(long row, long rows, long address, LaunchQueue queue) {
    return GpuMatrix.aligned(address, x.type(), x.width());
  }
}
