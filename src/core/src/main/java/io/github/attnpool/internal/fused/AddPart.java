package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Adds a part of a sequence to the state that the caller keeps for it. */
final class AddPart extends ScoreTask {
  private MemorySegment states = MemorySegment.NULL;

  AddPart(TileShape shape) {
    super(shape);
  }

  /**
   * Begins a call.
   *
   * @param states changed in place
   * @param scores null where none are wanted
   * @param biases null where there are no queries
   */
  AddPart of(
      RowBatch part,
      MemorySegment states,
      @Nullable MemorySegment scores,
      @Nullable MemorySegment biases) {
    begin(part);
    begin(biases, scores);
    this.states = states;
    return this;
  }

  @Override
  void open(Tile tile, TileWorker worker) {
    worker.openRows(tile);
  }

  @Override
  boolean pools() {
    return true;
  }

  @Override
  boolean pool(Tile tile, int sequence, long row, long rows, TileWorker worker, Job job) {
    TileMath math = worker.math();
    math.pool(row - tile.row, rows);
    job.fold().add(tile.ticket, sequence, false, job, math);
    return true;
  }

  @Override
  void merge(MemorySegment block, int sequence, boolean last, TileMath math) {
    math.merge(states, block);
  }

  @Override
  boolean mayBeUsedBy(WorkerPool pool) {
    return super.mayBeUsedBy(pool) && pool.mayUse(states);
  }

  @Override
  void clear() {
    super.clear();
    states = MemorySegment.NULL;
  }
}
