package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.spi.KeyBatch;
import java.lang.foreign.MemorySegment;

/** Computes hidden units, and projected rows where there are some, and copies them to keys. */
final class KeysPiece extends PieceRun {
  private final KeyBatch to;

  KeysPiece(CallContext call, KeyBatch to, Piece piece) {
    ChunkSource source = ChunkSource.of(to.rows(), true, call.parameters());
    super(call, to.rows(), piece, source, call.limits().chunkRows(source));
    this.to = to;
  }

  @Override
  void chunk(HiddenRows rows, Chunk chunk, long biases) {
    fetch(rows.units(), parameters.rowUnits(), to.units(), chunk);
    if (to.isProjected()) {
      fetch(rows.pooled(), parameters.width(), to.projected(), chunk);
    }
  }

  /**
   * Copies through an F32 matrix without gaps, and waits: keys are filled once, then used often.
   */
  private void fetch(GpuMatrix from, int width, MemorySegment keys, Chunk chunk) {
    long rows = chunk.rows();
    long bytes = rows * width * Float.BYTES;
    MemorySegment pinned = call.slot().results().reserve(bytes);
    long dense = call.slot().state().reserve(bytes);
    GpuMatrix all = GpuMatrix.dense(dense, GpuType.F32, width);
    queue.put(new CopyRows(from, rows, width, all));
    queue.download(pinned, 0, dense, bytes);
    queue.await();
    MemorySegment.copy(pinned, 0, keys, chunk.row() * width * Float.BYTES, bytes);
  }
}
