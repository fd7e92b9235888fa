package io.github.attnpool.internal.fused;

import io.github.attnpool.Output;
import io.github.attnpool.internal.rows.RunCursor;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Pools whole sequences of rows of x. */
sealed class PoolSequences extends ScoreTask permits PoolKeys {
  private final MemorySegment states; // of the sequence whose blocks are being merged
  private final RunCursor runs = new RunCursor(); // of the thread that merges
  private @Nullable MemorySegment contexts; // null where rows are only scored
  private @Nullable MemorySegment weights; // null where none are wanted

  /**
   * @param states scratch for the states of all heads
   */
  PoolSequences(TileShape shape, MemorySegment states) {
    super(shape);
    this.states = states;
  }

  /**
   * Begins a call.
   *
   * @param contexts null if neither contexts, logits nor weights are wanted
   * @param biases null where there are no queries
   */
  final PoolSequences of(
      RowBatch in,
      OutputMemory out,
      @Nullable MemorySegment contexts,
      @Nullable MemorySegment biases) {
    begin(in);
    begin(biases, out.has(Output.SCORES) ? out.scores() : null);
    this.contexts = contexts;
    this.weights = out.has(Output.WEIGHTS) ? out.weights() : null;
    shape.states().clear(states);
    return this;
  }

  @Override
  void open(Tile tile, TileWorker worker) {
    worker.openRows(tile);
  }

  @Override
  final boolean pools() {
    return contexts != null;
  }

  @Override
  final boolean pool(Tile tile, int sequence, long row, long rows, TileWorker worker, Job job) {
    TileMath math = worker.math();
    long first = row - tile.row;
    math.pool(first, rows);
    boolean whole = rows == in().kept().count(sequence);
    if (whole) {
      finish(math.block(), sequence, math);
      for (int head = 0; weighsInTile() && head < shape.heads(); head++) {
        math.weigh(head, first, rows);
      }
    }
    if (weights != null) {
      worker.spread(tile, in(), sequence, row, rows, weights); // maybe raw scores
      if (whole && !weighsInTile()) {
        // The tile's states cover the sequence; this thread alone reads them.
        weigh(math.block(), sequence, weights, worker.runs(), math);
      }
    }
    if (!whole) {
      boolean last = row + rows == in().kept().first(sequence + 1);
      job.fold().add(tile.ticket, sequence, last, job, math);
    }
    return !whole;
  }

  /** Whether weights of a whole sequence are made before they are copied to the results. */
  private boolean weighsInTile() {
    return weights != null && !shape.isPerChannel();
  }

  /** Writes the contexts of a sequence all of whose rows are in its states. */
  private void finish(MemorySegment states, int sequence, TileMath math) {
    MemorySegment to = Objects.requireNonNull(contexts, "contexts");
    math.finish(states, to, sequence * shape.contextBytes());
  }

  @Override
  final void merge(MemorySegment block, int sequence, boolean last, TileMath math) {
    math.merge(states, block);
    if (last) {
      finish(states, sequence, math);
      if (weights != null) {
        weigh(states, sequence, weights, runs, math);
      }
      shape.states().clear(states);
    }
  }

  /** The raw scores are where the weights belong. */
  private void weigh(
      MemorySegment states, int sequence, MemorySegment weights, RunCursor runs, TileMath math) {
    for (int head = 0; head < shape.heads(); head++) {
      long base = in().resultBase(sequence, head, shape.heads());
      for (runs.start(in().kept(), sequence); runs.next(); ) {
        math.weigh(states, head, weights, (base + runs.position()) * Float.BYTES, runs.rows());
      }
    }
  }

  @Override
  boolean mayBeUsedBy(WorkerPool pool) {
    return super.mayBeUsedBy(pool) && mayUse(pool, contexts) && mayUse(pool, weights);
  }

  @Override
  void clear() {
    super.clear();
    contexts = null;
    weights = null;
    runs.stop();
  }
}
