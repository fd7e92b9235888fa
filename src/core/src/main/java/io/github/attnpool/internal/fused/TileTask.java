package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What one call does with each tile of its rows, and the caller's memory for it. A caller slot has
 * one task of each kind, reused from call to call, so that a call allocates nothing. While it runs,
 * its threads share it and none changes it.
 */
abstract sealed class TileTask permits FillKeys, ScoreTask {
  private RowBatch in = RowBatch.NONE;

  /** Begins a call on these rows. */
  final void begin(RowBatch in) {
    this.in = in;
  }

  /** Returns the rows of the call. */
  final RowBatch in() {
    return in;
  }

  /** Does a tile. */
  abstract void run(Tile tile, TileWorker worker, Job job);

  /** Merges a block into the state of its sequence; called in the order of the rows. */
  abstract void merge(MemorySegment block, int sequence, boolean last, TileMath math);

  /** Returns whether hidden units are read, not computed. */
  boolean readsUnits() {
    return false;
  }

  /** Returns whether the helper threads may use all of the caller's memory. */
  boolean mayBeUsedBy(WorkerPool pool) {
    return pool.mayUse(in.x());
  }

  static boolean mayUse(WorkerPool pool, @Nullable MemorySegment orNull) {
    return orNull == null || pool.mayUse(orNull);
  }

  /** Drops what belongs to the caller. */
  void clear() {
    in = RowBatch.NONE;
  }
}
