package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Pools whole sequences whose hidden units are kept. */
final class PoolKeys extends PoolSequences {
  private KeyBatch keys = KeyBatch.NONE;

  PoolKeys(TileShape shape, MemorySegment states) {
    super(shape, states);
  }

  /** Begins a call, as for rows of x. */
  PoolKeys of(
      KeyBatch keys,
      OutputMemory out,
      @Nullable MemorySegment contexts,
      @Nullable MemorySegment biases) {
    of(keys.rows(), out, contexts, biases);
    this.keys = keys;
    return this;
  }

  @Override
  void open(Tile tile, TileWorker worker) {
    worker.openKeys(tile, keys);
  }

  @Override
  boolean readsUnits() {
    return true;
  }

  @Override
  boolean mayBeUsedBy(WorkerPool pool) {
    return super.mayBeUsedBy(pool)
        && pool.mayUse(keys.units())
        && (!keys.isProjected() || pool.mayUse(keys.projected()));
  }

  @Override
  void clear() {
    super.clear();
    keys = KeyBatch.NONE;
  }
}
