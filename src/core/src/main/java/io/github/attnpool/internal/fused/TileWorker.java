package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.KeyBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One thread's part in calls: takes tiles from a job and brings each from rows to results while it
 * is in the cache. Holds the thread's scratch memory; used by one thread at a time.
 */
final class TileWorker implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final TileShape shape;
  private final TileMath math;
  private final TileRows rows;
  private final MemorySegment scores; // [heads, tileRows]
  private final MemorySegment block; // states of the block at hand
  private Tile tile = new Tile();
  private Tile upcoming = new Tile(); // claimed while the one before is worked on

  /**
   * @param arena owner of the scratch memory; outlives this worker
   */
  TileWorker(TileProgram program, TileShape shape, Arena arena) {
    this.shape = shape;
    this.scores = arena.allocate((long) shape.heads() * shape.rows() * Float.BYTES, ALIGNMENT);
    this.block = arena.allocate(shape.states().bytes(), ALIGNMENT);
    this.math = program.newMath();
    this.rows = new TileRows(program, math, shape.inputWidth(), arena);
  }

  TileMath math() {
    return math;
  }

  /**
   * Works on a job until no tile is left or it has failed.
   *
   * @return tiles done
   */
  long run(Job job) {
    rows.start(job.work().in());
    try {
      return runTiles(job);
    } finally {
      rows.stop();
    }
  }

  private long runTiles(Job job) {
    Work work = job.work();
    math.rowsAreBf16(rows.areBf16() && !(work.hasKeys() && work.keys().isProjected()));
    long done = 0;
    boolean claimed = job.cursor().next(tile);
    while (claimed && !job.hasFailed()) {
      boolean early = job.cursor().nextEarly(upcoming);
      if (early) {
        rows.expect(upcoming);
      }
      run(tile, job);
      done++;
      if (early) {
        Tile last = tile;
        tile = upcoming;
        upcoming = last;
      } else {
        claimed = job.cursor().next(tile);
      }
    }
    return done;
  }

  private void run(Tile tile, Job job) {
    Work work = job.work();
    open(tile, work);
    if (work.fillsKeys()) {
      fill(tile, work.keys());
      return;
    }
    if (work.biases() == null) {
      math.score(0, tile.rows, null, 0, scores, 0, shape.rows());
    }
    KeptRows kept = work.in().kept();
    boolean handedIn = false;
    int sequence = tile.sequence;
    long end = tile.row + tile.rows;
    for (long from = tile.row; from < end; sequence++) {
      if (kept.count(sequence) == 0) {
        continue; // without rows: MaskedResults has written what it yields
      }
      long to = Math.min(end, kept.first(sequence + 1));
      if (work.biases() != null) {
        scoreWithQuery(work, sequence, from - tile.row, to - from);
      }
      boolean whole = to - from == kept.count(sequence) && !work.isPart();
      long first = from - tile.row;
      spread(work, work.scores(), sequence, from, to - from);
      if (work.pools()) {
        math.pool(first, to - from, scores, first * Float.BYTES, shape.rows(), block);
        if (whole) {
          finish(work, sequence, first, to - from);
        }
        spread(work, work.weights(), sequence, from, to - from);
      }
      if (!whole && work.pools()) {
        boolean last = to == kept.first(sequence + 1) && !work.isPart();
        job.fold().add(tile.ticket, block, sequence, last, job, math);
        handedIn = true; // a tile has one block at most: the rest of it are whole sequences
      }
      from = to;
    }
    if (!handedIn && work.pools()) {
      job.fold().pass(tile.ticket, job, math);
    }
  }

  private void open(Tile tile, Work work) {
    if (!work.hasKeys()) {
      rows.locate(tile);
      math.open(rows.segment(), rows.offset(), tile.rows);
      return;
    }
    KeyBatch keys = work.keys();
    MemorySegment pooled;
    long offset;
    if (keys.isProjected()) {
      pooled = keys.projected();
      offset = tile.row * shape.rowBytes();
    } else {
      rows.locate(tile);
      pooled = rows.segment();
      offset = rows.offset();
    }
    math.open(pooled, offset, keys.units(), tile.row * shape.unitsBytes(), tile.rows);
  }

  private void fill(Tile tile, KeyBatch keys) {
    math.copyUnits(tile.rows, keys.units(), tile.row * shape.unitsBytes());
    if (keys.isProjected()) {
      math.copyProjected(tile.rows, keys.projected(), tile.row * shape.rowBytes());
    }
  }

  private void scoreWithQuery(Work work, int sequence, long first, long count) {
    long bias = sequence * shape.biasBytes();
    math.score(first, count, work.biases(), bias, scores, first * Float.BYTES, shape.rows());
  }

  /** From the states of a whole sequence to its contexts, and to weights where they are wanted. */
  private void finish(Work work, int sequence, long first, long count) {
    for (int head = 0; head < shape.heads(); head++) {
      long state = head * shape.states().headBytes();
      StateLayout.addToSum(block, state, shape.softmaxEpsilon());
      math.finish(block, state, work.contexts(), shape.contextOffset(sequence, head));
      if (work.weights() != null) {
        math.weigh(scores, scoresAt(head, first), count, block, state);
      }
    }
  }

  /** Brings scores, or what has become of them, to results, if these are wanted. */
  private void spread(Work work, MemorySegment results, int sequence, long row, long count) {
    for (int head = 0; results != null && head < shape.heads(); head++) {
      long from = scoresAt(head, row - tile.row);
      ResultRows.spread(
          math, work.in(), sequence, head, shape.heads(), scores, from, row, count, results);
    }
  }

  private long scoresAt(int head, long first) {
    return ((long) head * shape.rows() + first) * Float.BYTES;
  }

  @Override
  public void close() {
    math.close();
  }
}
