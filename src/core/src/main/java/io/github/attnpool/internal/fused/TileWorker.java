package io.github.attnpool.internal.fused;

import io.github.attnpool.KeptRows;
import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One thread's part in forward calls: takes tiles from a job and brings each from rows to results
 * while it is in the cache. Holds the thread's scratch memory; used by one thread at a time.
 */
final class TileWorker implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final StateLayout layout;
  private final int tileRows;
  private final TileMath math;
  private final TileRows rows;
  private final MemorySegment scores; // [heads, tileRows]
  private final MemorySegment block; // states of the block at hand
  private Tile tile = new Tile();
  private Tile upcoming = new Tile(); // claimed while the one before is worked on

  /**
   * @param arena owner of the scratch memory; outlives this worker
   */
  TileWorker(TileProgram program, StateLayout layout, Arena arena) {
    this.layout = layout;
    this.tileRows = program.tileRows();
    this.scores = arena.allocate((long) layout.heads() * tileRows * Float.BYTES, ALIGNMENT);
    this.block = arena.allocate(layout.bytes(), ALIGNMENT);
    this.math = program.newMath();
    this.rows = new TileRows(program, math, layout.width(), arena);
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
    rows.start(job.in());
    math.rowsAreBf16(rows.areBf16());
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
    Sequences in = job.in();
    KeptRows kept = in.kept();
    rows.locate(tile);
    math.score(rows.segment(), rows.offset(), tile.rows, scores, tileRows);
    boolean handedIn = false;
    int sequence = tile.sequence;
    long end = tile.row + tile.rows;
    for (long from = tile.row; from < end; sequence++) {
      if (kept.count(sequence) == 0) {
        continue; // without rows: MaskedResults has written what it yields
      }
      long to = Math.min(end, kept.first(sequence + 1));
      boolean whole = to - from == kept.count(sequence);
      for (int head = 0; head < layout.heads(); head++) {
        pool(job, sequence, head, from, to - from, whole);
      }
      if (!whole) {
        boolean last = to == kept.first(sequence + 1);
        job.fold().add(tile.ticket, block, sequence, last, job, math);
        handedIn = true; // a tile has one block at most: the rest of it are whole sequences
      }
      from = to;
    }
    if (!handedIn) {
      job.fold().pass(tile.ticket, job, math);
    }
  }

  private void pool(Job job, int sequence, int head, long row, long count, boolean whole) {
    Sequences in = job.in();
    Pooled out = job.out();
    long scoresAt = ((long) head * tileRows + row - tile.row) * Float.BYTES;
    long state = head * layout.headBytes();
    math.pool(
        rows.segment(),
        rows.offset() + (row - tile.row) * rows.rowBytes(),
        count,
        scores,
        scoresAt,
        block,
        state);
    if (out.has(Output.SCORES)) {
      spread(in, sequence, head, scoresAt, row, count, out.scores());
    }
    if (whole) {
      long contextRow = ((long) sequence * layout.heads() + head) * layout.width();
      math.finish(block, state, job.contexts(), contextRow * Float.BYTES);
    }
    if (out.has(Output.WEIGHTS)) {
      if (whole) {
        math.weigh(scores, scoresAt, count, block, state);
      }
      spread(in, sequence, head, scoresAt, row, count, out.weights());
    }
  }

  private void spread(
      Sequences in,
      int sequence,
      int head,
      long offset,
      long row,
      long count,
      MemorySegment results) {
    ResultRows.spread(
        math, in, sequence, head, layout.heads(), scores, offset, row, count, results);
  }

  @Override
  public void close() {
    math.close();
  }
}
