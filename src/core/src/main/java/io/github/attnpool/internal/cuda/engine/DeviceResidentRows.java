package io.github.attnpool.internal.cuda.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.rows.RunCursor;
import io.github.attnpool.spi.KeptRows;
import java.lang.foreign.MemorySegment;

/**
 * Kept rows of x in device memory. A chunk of one run is used where it lies; of others the
 * positions are sent, and the rows are gathered on the device.
 */
record DeviceResidentRows(GpuMatrix x, int width, KeptRows kept) implements RowSource {
  private static final long ALIGNMENT = 16; // of what follows the positions

  @Override
  public long hostRowBytes() {
    return 0;
  }

  @Override
  public long mostBytes(long rows) {
    return kept.runs() > 1 ? gatheredBytes(rows) + positionBytes(rows) : 0;
  }

  @Override
  public long roomBytes(long row, long rows) {
    return isOneRun(row, rows) ? 0 : gatheredBytes(rows);
  }

  @Override
  public long sentBytes(long row, long rows) {
    return isOneRun(row, rows) ? 0 : positionBytes(rows);
  }

  private boolean isOneRun(long row, long rows) {
    return kept.runOf(row) == kept.runOf(row + rows - 1);
  }

  private long gatheredBytes(long rows) {
    return GpuMatrix.bytes(x.type(), width, rows);
  }

  private static long positionBytes(long rows) {
    return (rows * Long.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  @Override
  public void fill(long row, long rows, MemorySegment to) {
    if (isOneRun(row, rows)) {
      return;
    }
    RunCursor runs = new RunCursor();
    for (runs.start(kept, row, rows); runs.next(); ) {
      for (long i = 0; i < runs.rows(); i++) {
        to.setAtIndex(JAVA_LONG, runs.row() - row + i, runs.position() + i);
      }
    }
  }

  @Override
  public GpuMatrix open(long row, long rows, long address, LaunchQueue queue) {
    if (isOneRun(row, rows)) {
      return x.from(kept.position(row));
    }
    GpuMatrix gathered = GpuMatrix.aligned(address, x.type(), width);
    queue.put(new CopyRows(x, address + gatheredBytes(rows), rows, width, gathered));
    return gathered;
  }
}
