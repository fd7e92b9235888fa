package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.KeptRows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Scores the rows of a tile, and brings each sequence's stretch of them to results. Sequences
 * without kept rows have none here: their results are written beforehand.
 */
abstract sealed class ScoreTask extends TileTask permits PoolSequences, AddPart {
  final TileShape shape;

  /** The hidden map's bias and query term of each sequence; null where there are no queries. */
  private @Nullable MemorySegment biases;

  private @Nullable MemorySegment scores; // null where none are wanted

  ScoreTask(TileShape shape) {
    this.shape = shape;
  }

  /**
   * Begins a call.
   *
   * @param biases null where there are no queries
   * @param scores null where none are wanted
   */
  final void begin(@Nullable MemorySegment biases, @Nullable MemorySegment scores) {
    this.biases = biases;
    this.scores = scores;
  }

  /** Opens a tile. */
  abstract void open(Tile tile, TileWorker worker);

  /** Returns whether blocks are merged: whether rows are pooled, not only scored. */
  abstract boolean pools();

  /**
   * Pools the scored rows of one sequence in a tile.
   *
   * @param row number of the first one
   * @return whether a block of them was handed in to be merged
   */
  abstract boolean pool(Tile tile, int sequence, long row, long rows, TileWorker worker, Job job);

  @Override
  final void run(Tile tile, TileWorker worker, Job job) {
    open(tile, worker);
    TileMath math = worker.math();
    if (shape.hasStepBias()) {
      worker.place(tile, in());
    }
    if (biases == null) {
      math.score(0, tile.rows);
    }
    KeptRows kept = in().kept();
    boolean handedIn = false; // a tile has one block at most: the rest of it are whole sequences
    int sequence = tile.sequence;
    long end = tile.row + tile.rows;
    for (long from = tile.row; from < end; sequence++) {
      long to = Math.min(end, kept.first(sequence + 1));
      if (to == from) {
        continue; // an empty sequence
      }
      if (biases != null) {
        math.score(from - tile.row, to - from, biases, sequence * shape.biasBytes());
      }
      if (in().hasScoreBias()) {
        worker.addBias(tile, in(), sequence, from, to - from);
      }
      if (scores != null) {
        worker.spread(tile, in(), sequence, from, to - from, scores);
      }
      if (pools()) {
        handedIn |= pool(tile, sequence, from, to - from, worker, job);
      }
      from = to;
    }
    if (!handedIn && pools()) {
      job.fold().pass(tile.ticket, job, math);
    }
  }

  @Override
  boolean mayBeUsedBy(WorkerPool pool) {
    return super.mayBeUsedBy(pool) && mayUse(pool, scores) && mayUse(pool, biases);
  }

  @Override
  void clear() {
    super.clear();
    biases = null;
    scores = null;
  }
}
