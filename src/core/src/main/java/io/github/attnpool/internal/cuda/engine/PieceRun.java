package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.Activation;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.kernels.Activate;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.cuda.kernels.ScoreForm;
import io.github.attnpool.internal.cuda.kernels.ScoreRows;
import io.github.attnpool.internal.cuda.kernels.Scores;
import io.github.attnpool.internal.cuda.kernels.TileRun;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/**
 * One piece on its way through the device: tables and queries, then chunk by chunk rows, hidden
 * units and scores. What follows from scores is the plans' own: see {@link FusedPiece} and {@link
 * StagedPiece}. Everything is put in queues; nothing waits for the device but for pinned memory.
 */
abstract class PieceRun {
  final DeviceParameters parameters;
  final CallSlot slot;
  final Piece piece;
  final PieceTables table;
  final PieceMemory memory;
  final LaunchQueue queue;
  private final RowBatch in;
  private final KeyBatch keys; // or null
  private final boolean takesRows;
  private final long[] cuts; // first tile of each chunk, and the end
  private final MemorySegment hostTables;

  /**
   * @param pools whether rows are summed
   * @param chunkRows most rows of a chunk
   * @param staged whether room is needed for that plan's steps
   */
  PieceRun(
      DeviceParameters parameters,
      CallSlot slot,
      RowBatch in,
      KeyBatch keys,
      Piece piece,
      boolean pools,
      long chunkRows,
      boolean staged) {
    this.parameters = parameters;
    this.slot = slot;
    this.in = in;
    this.keys = keys;
    this.piece = piece;
    this.takesRows = keys == null || pools;
    this.queue = slot.compute();
    this.table = new PieceTables(piece, in.queryWidth());
    this.hostTables = slot.tables().reserve(table.bytes());
    table.fill(in, hostTables);
    this.cuts = cut(chunkRows);
    // Rows from the host lie aligned; on the device they lie as the caller has put them.
    boolean copies =
        keys == null && (in.isOnDevice() || GpuType.of(in.type()) != parameters.type());
    this.memory =
        new PieceMemory(
            parameters, piece, table, staged, mostRows(), cuts.length - 1, copies, slot.work());
  }

  /** Into whole tiles, as few chunks as there can be and about as long as each other. */
  private long[] cut(long chunkRows) {
    int chunks = (int) Math.min((piece.rows() + chunkRows - 1) / chunkRows, piece.tiles());
    long[] found = new long[chunks + 1];
    for (int chunk = 1; chunk <= chunks; chunk++) {
      long tile = found[chunk - 1] + 1;
      long end = Math.ceilDiv(piece.rows() * chunk, chunks);
      long last = piece.tiles() - (chunks - chunk); // a tile for each that follows
      while (tile < last && PieceTables.rowOfTile(hostTables, tile + 1) <= end) {
        tile++;
      }
      found[chunk] = tile;
    }
    return found;
  }

  private long mostRows() {
    long most = 0;
    for (int chunk = 0; chunk + 1 < cuts.length; chunk++) {
      most = Math.max(most, row(chunk + 1) - row(chunk));
    }
    return most;
  }

  /** Number of a chunk's first row, counted in the piece. */
  private long row(int chunk) {
    return PieceTables.rowOfTile(hostTables, cuts[chunk]);
  }

  /** Whether all rows are one chunk. */
  final boolean isOneChunk() {
    return cuts.length == 2;
  }

  /** Puts everything up to the plan's chunks in the queue. */
  final void runChunks(RowFeed feed, HiddenSteps steps) {
    queue.upload(memory.tables, hostTables, 0, table.bytes());
    int chunks = cuts.length - 1;
    if (chunks == 0) {
      return;
    }
    long biases = biases();
    feed.start(in, keys, takesRows, chunks > 1, mostRows());
    try {
      feed.stage(0, piece.row(), row(1));
      for (int chunk = 0; chunk < chunks; chunk++) {
        runChunk(chunk, chunks > 1, biases, feed, steps);
        if (chunk + 1 < chunks) {
          long next = row(chunk + 1);
          feed.stage(chunk + 1, piece.row() + next, row(chunk + 2) - next);
        }
      }
    } finally {
      feed.clear();
    }
  }

  /**
   * Puts one chunk in the queues.
   *
   * @param overlaps whether its hidden units are computed beside what follows from those of the
   *     chunk before: a multiplication leaves processors idle at its end, and the rest needs few
   */
  private void runChunk(int chunk, boolean overlaps, long biases, RowFeed feed, HiddenSteps steps) {
    int stage = chunk % CallSlot.STAGES;
    LaunchQueue first = overlaps ? slot.multiply() : queue;
    if (chunk >= CallSlot.STAGES) {
      first.waitFor(slot.consumed(stage)); // the chunk's memory is free then
    }
    long row = row(chunk);
    long rows = row(chunk + 1) - row;
    feed.open(chunk, piece.row() + row, rows);
    if (keys == null) {
      steps.run(feed.x(), rows, memory.chunk(chunk), first);
    } else {
      steps.run(feed.x(), feed.units());
    }
    if (overlaps) {
      first.record(slot.multiplied(stage));
      queue.waitFor(slot.multiplied(stage));
    }
    TileRun tiles = table.tiles(memory.tables, cuts[chunk], cuts[chunk + 1] - cuts[chunk]);
    chunk(steps, row, rows, biases, cuts[chunk], tiles);
    if (overlaps) {
      queue.record(slot.consumed(stage));
    }
  }

  /**
   * What is done with a chunk's hidden units.
   *
   * @param first number of its first row in the piece
   * @param biases of sequences, or 0
   */
  abstract void chunk(
      HiddenSteps steps, long first, long rows, long biases, long firstTile, TileRun tiles);

  /** Scores of a chunk. */
  final void score(HiddenSteps steps, long first, long rows, long biases, TileRun tiles) {
    Scores to = scores().from(first);
    queue.put(
        biases == 0
            ? new ScoreRows(parameters.score(), steps.hidden(), rows, to)
            : new ScoreRows(parameters.score(), steps.hidden(), rows, biases, tiles, to));
  }

  /** Scores of all rows. */
  final Scores scores() {
    return Scores.byHead(memory.scores, piece.rows());
  }

  /** Bias and query term of each sequence; 0 where there are no queries. */
  private long biases() {
    if (!in.hasQueries() || parameters.hidden() == null) {
      return 0;
    }
    int units = parameters.source().units();
    GpuMatrix queries = GpuMatrix.dense(table.queries(memory.tables), GpuType.F32, in.queryWidth());
    GpuMatrix biases = GpuMatrix.dense(memory.biases, GpuType.F32, units);
    if (parameters.query() != null) {
      Scores to = Scores.byRow(memory.biases, units);
      queue.put(new ScoreRows(parameters.query(), queries, piece.sequences(), to));
    } else {
      queue.put(new CopyRows(queries, piece.sequences(), units, biases));
      queue.put(
          new Activate(
              biases,
              piece.sequences(),
              units,
              parameters.score().bias(),
              Activation.IDENTITY,
              GpuMatrix.NONE));
    }
    return memory.biases;
  }

  /** From contexts to logits. */
  final void logits() {
    ScoreForm output = parameters.output();
    GpuMatrix contexts = GpuMatrix.dense(memory.contexts, GpuType.F32, output.units());
    Scores to = Scores.byRow(memory.logits, output.heads());
    queue.put(new ScoreRows(output, contexts, piece.sequences(), to));
  }
}
