package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.kernels.KernelLibrary;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Pools sequences in parts. States are kept in host memory, laid out as those of every backend, and
 * go to the device and back with each part.
 */
final class CudaStream implements StreamEngine {
  private final CudaEngine engine;
  private final StateLayout layout;

  CudaStream(CudaEngine engine) {
    this.engine = engine;
    this.layout = engine.layout();
  }

  @Override
  public int blockRows() {
    return KernelLibrary.TILE_ROWS;
  }

  @Override
  public long stateBytes() {
    return layout.bytes();
  }

  @Override
  public void clear(MemorySegment state) {
    layout.clear(state);
  }

  @Override
  public void add(RowBatch part, MemorySegment state) {
    engine.with(part, call -> call.add(part, 0, state, List.of()));
  }

  @Override
  public void add(RowBatch part, MemorySegment state, MemorySegment scores) {
    engine.masked().writeScores(part, scores, layout.heads());
    engine.with(part, call -> call.add(part, 0, state, List.of(scores)));
  }

  @Override
  public void merge(MemorySegment state, MemorySegment other) {
    DeviceState.merge(layout, state, other);
  }

  @Override
  public void finish(MemorySegment state, MemorySegment context) {
    engine.with(RowBatch.NONE, call -> call.finish(state, context, null));
  }

  @Override
  public void finish(MemorySegment state, MemorySegment context, MemorySegment logits) {
    engine.with(RowBatch.NONE, call -> call.finish(state, context, logits));
  }

  @Override
  public void weigh(MemorySegment scores, int head, MemorySegment state) {
    long rows = scores.byteSize() / Float.BYTES;
    engine.with(RowBatch.NONE, call -> call.weigh(state, head, rows, new DenseValues(scores)));
  }
}
