package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.KeyBatch;
import java.lang.foreign.MemorySegment;

/** Computes the hidden units of keys, and their projected rows if the layer projects. */
final class FillKeys extends TileTask {
  private final TileShape shape;
  private KeyBatch keys = KeyBatch.NONE;

  FillKeys(TileShape shape) {
    this.shape = shape;
  }

  /** Begins a call. */
  FillKeys of(KeyBatch keys) {
    begin(keys.rows());
    this.keys = keys;
    return this;
  }

  @Override
  void run(Tile tile, TileWorker worker, Job job) {
    worker.openRows(tile);
    TileMath math = worker.math();
    math.copyUnits(tile.rows, keys.units(), tile.row * shape.unitsBytes());
    if (keys.isProjected()) {
      math.copyProjected(tile.rows, keys.projected(), tile.row * shape.rowBytes());
    }
  }

  @Override
  void merge(MemorySegment block, int sequence, boolean last, TileMath math) {
    throw new IllegalStateException("keys have no blocks");
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
