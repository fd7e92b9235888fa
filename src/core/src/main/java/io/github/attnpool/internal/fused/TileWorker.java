package io.github.attnpool.internal.fused;

import io.github.attnpool.ElementType;
import io.github.attnpool.internal.rows.RunCursor;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.ScoreBias;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One thread's part in calls: takes tiles from a job and brings each from rows to results while it
 * is in the cache. Holds the thread's scratch memory; used by one thread at a time.
 */
final class TileWorker implements AutoCloseable {
  private final TileShape shape;
  private final TileMath math;
  private final TileRows rows;
  private final RunCursor runs = new RunCursor();
  private Tile tile = new Tile();
  private Tile upcoming = new Tile(); // claimed while the one before is worked on

  /**
   * @param arena owner of the scratch memory; outlives this worker
   */
  TileWorker(TileProgram program, TileShape shape, Arena arena) {
    this.shape = shape;
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
    rows.start(job.task().in());
    try {
      return runTiles(job);
    } finally {
      rows.stop();
      runs.stop();
    }
  }

  private long runTiles(Job job) {
    long done = 0;
    boolean claimed = job.cursor().next(tile);
    while (claimed && !job.hasFailed()) {
      boolean early = job.cursor().nextEarly(upcoming);
      if (early) {
        rows.expect(upcoming);
      }
      job.task().run(tile, this, job);
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

  /** For the walk over the runs of a sequence in this thread. */
  RunCursor runs() {
    return runs;
  }

  /** Opens a tile of rows of x. */
  void openRows(Tile tile) {
    rows.locate(tile);
    math.open(rows.segment(), rows.offset(), rows.type(), tile.rows);
  }

  /** Opens a tile of rows whose hidden units are kept. */
  void openKeys(Tile tile, KeyBatch keys) {
    MemorySegment units = keys.units();
    long unitsAt = tile.row * shape.unitsBytes();
    if (keys.isProjected()) {
      long at = tile.row * shape.rowBytes();
      math.open(keys.projected(), at, ElementType.F32, units, unitsAt, tile.rows);
    } else {
      rows.locate(tile);
      math.open(rows.segment(), rows.offset(), rows.type(), units, unitsAt, tile.rows);
    }
  }

  /** Tells the arithmetic where the rows of the open tile stand in their sequences. */
  void place(Tile tile, RowBatch in) {
    KeptRows kept = in.kept();
    int sequence = tile.sequence;
    long end = tile.row + tile.rows;
    for (long from = tile.row; from < end; sequence++) {
      long to = Math.min(end, kept.first(sequence + 1));
      for (runs.start(kept, from, to - from); to > from && runs.next(); ) {
        long place = runs.position() - in.offset(sequence);
        math.place(runs.row() - tile.row, runs.rows(), place);
      }
      from = to;
    }
  }

  /**
   * Adds a bias to the scores of a sequence.
   *
   * @param row number of the first kept row
   */
  void addBias(Tile tile, RowBatch in, int sequence, long row, long count) {
    ScoreBias bias = in.scoreBias();
    for (int head = 0; head < shape.heads(); head++) {
      long base = bias.base(in, sequence, head);
      for (runs.start(in.kept(), row, count); runs.next(); ) {
        int from = (int) (base + runs.position()); // an index of a Java array
        math.addToScores(head, runs.row() - tile.row, runs.rows(), bias.values(), from);
      }
    }
  }

  /**
   * Copies a sequence's scores, or the weights that they have become, to their positions.
   *
   * @param row number of the first kept row
   * @param results weights or scores of the batch
   */
  void spread(Tile tile, RowBatch in, int sequence, long row, long count, MemorySegment results) {
    long base = in.resultBase(sequence, 0, shape.heads());
    long pitch = in.resultBase(sequence, 1, shape.heads()) - base;
    for (runs.start(in.kept(), row, count); runs.next(); ) {
      long to = (base + runs.position()) * Float.BYTES;
      math.copyScores(runs.row() - tile.row, runs.rows(), results, to, pitch * Float.BYTES);
    }
  }

  @Override
  public void close() {
    math.close();
  }
}
