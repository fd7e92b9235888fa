package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.cuda.kernels.TileRun;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/** Hidden units, and projected rows where there are some, brought to keys chunk by chunk. */
final class KeysPiece extends PieceRun {
  private final KeyBatch to;

  KeysPiece(
      DeviceParameters parameters,
      CallSlot slot,
      RowBatch in,
      Piece piece,
      long chunkRows,
      KeyBatch to) {
    super(parameters, slot, in, null, piece, true, chunkRows, false);
    this.to = to;
  }

  @Override
  void chunk(HiddenSteps steps, long first, long rows, long biases, long tile, TileRun tiles) {
    long row = piece.row() + first;
    fetch(steps.hidden(), rows, parameters.rowUnits(), to.units(), row);
    if (to.isProjected()) {
      fetch(steps.pooled(), rows, parameters.width(), to.projected(), row);
    }
  }

  /**
   * Copies through an F32 matrix without gaps, and waits: keys are filled once, then used often.
   */
  private void fetch(GpuMatrix from, long rows, int width, MemorySegment keys, long row) {
    long bytes = rows * width * Float.BYTES;
    MemorySegment pinned = slot.results().reserve(bytes);
    long dense = slot.state().reserve(bytes);
    GpuMatrix all = GpuMatrix.dense(dense, GpuType.F32, width);
    queue.put(new CopyRows(from, rows, width, all));
    queue.download(pinned, 0, dense, bytes);
    queue.await();
    MemorySegment.copy(pinned, 0, keys, row * width * Float.BYTES, bytes);
  }
}
