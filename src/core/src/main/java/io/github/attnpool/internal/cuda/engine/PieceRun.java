package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.Activation;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.kernels.Activate;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.cuda.kernels.ScoreRows;
import io.github.attnpool.internal.cuda.kernels.Scores;
import io.github.attnpool.internal.cuda.kernels.TileRun;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.maps.UnitScores;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One piece on its way through the device: tables and queries, then chunk by chunk rows, hidden
 * units and scores. What follows from scores is different in each plan: see {@link FusedPiece} and
 * {@link StagedPiece}. Everything is put in queues; nothing waits for the device but for pinned
 * memory.
 */
abstract class PieceRun {
  final CallContext call;
  final DeviceParameters parameters;
  final Piece piece;
  final PieceTables table;
  final PieceMemory memory;
  final LaunchQueue queue;
  private final EngineInput in;
  private final ChunkSource source;
  private final List<Chunk> chunks;
  private final MemorySegment hostTables;

  /**
   * @param chunkRows most rows of a chunk
   */
  PieceRun(CallContext call, EngineInput in, Piece piece, ChunkSource source, long chunkRows) {
    this.call = call;
    this.parameters = call.parameters();
    this.in = in;
    this.piece = piece;
    this.source = source;
    this.queue = call.slot().compute();
    this.table = new PieceTables(piece, in.rows().queryWidth());
    this.hostTables = call.slot().tables().reserve(table.bytes());
    table.fill(in.rows(), hostTables);
    this.chunks = Chunks.of(piece, hostTables, chunkRows);
    this.memory = new PieceMemory(parameters, piece, table, chunks, copies(in));
  }

  /**
   * Returns whether rows may need a copy: those from the host lie aligned, the caller's may not.
   */
  private boolean copies(EngineInput input) {
    return input instanceof RowBatch rows
        && (rows.isOnDevice() || GpuType.of(rows.type()) != parameters.type());
  }

  /** Returns whether all rows are one chunk. */
  final boolean isOneChunk() {
    return chunks.size() == 1;
  }

  /** Puts everything up to the plan's chunks in the queue. */
  final void runChunks() {
    memory.reserve(call.slot().work());
    queue.upload(memory.tables(), hostTables, 0, table.bytes());
    if (chunks.isEmpty()) {
      return;
    }
    long biases = biases();
    boolean overlaps = chunks.size() > 1;
    RowFeed feed = new RowFeed(call.slot(), source, overlaps, Chunks.mostRows(chunks));
    feed.stage(chunks.getFirst());
    for (Chunk chunk : chunks) {
      runChunk(chunk, overlaps, biases, feed);
      if (chunk.number() + 1 < chunks.size()) {
        feed.stage(chunks.get(chunk.number() + 1));
      }
    }
  }

  /**
   * Puts one chunk in the queues.
   *
   * @param overlaps whether its hidden units are computed beside what follows from those of the
   *     chunk before: a multiplication leaves processors idle at its end, and the rest needs few
   */
  private void runChunk(Chunk chunk, boolean overlaps, long biases, RowFeed feed) {
    CallSlot slot = call.slot();
    LaunchQueue first = overlaps ? slot.multiply() : queue;
    if (chunk.isReuse()) {
      first.waitFor(slot.consumed(chunk.stage())); // the chunk's memory is free then
    }
    RowFeed.Fed fed = feed.open(chunk);
    HiddenRows rows =
        switch (in) {
          case RowBatch _ -> call.layer().run(fed.x(), chunk.rows(), memory.chunk(chunk), first);
          case KeyBatch _ -> new HiddenRows(fed.x(), fed.units());
        };
    if (overlaps) {
      first.record(slot.multiplied(chunk.stage()));
      queue.waitFor(slot.multiplied(chunk.stage()));
    }
    chunk(rows, chunk, biases);
    if (overlaps) {
      queue.record(slot.consumed(chunk.stage()));
    }
  }

  /**
   * Puts what follows from a chunk's hidden units in the queue.
   *
   * @param biases address of the sequences' biases, or 0
   */
  abstract void chunk(HiddenRows rows, Chunk chunk, long biases);

  /** Returns a chunk's tiles. */
  final TileRun tiles(Chunk chunk) {
    return table.tiles(memory.tables(), chunk.firstTile(), chunk.tiles());
  }

  /** Puts the scores of a chunk in the queue. */
  final void score(HiddenRows rows, Chunk chunk, long biases) {
    Scores to = memory.scores().from(chunk.first());
    queue.put(
        biases == 0
            ? new ScoreRows(parameters.score(), rows.units(), chunk.rows(), to)
            : new ScoreRows(
                parameters.score(), rows.units(), chunk.rows(), biases, tiles(chunk), to));
  }

  /** Puts each sequence's bias with its query term in the queue; 0 where there are no queries. */
  private long biases() {
    RowBatch rows = in.rows();
    if (!rows.hasQueries() || parameters.hidden().isEmpty()) {
      return 0;
    }
    int units = parameters.source().units();
    GpuMatrix queries =
        GpuMatrix.dense(table.queries(memory.tables()), GpuType.F32, rows.queryWidth());
    GpuMatrix biases = GpuMatrix.dense(memory.biases(), GpuType.F32, units);
    if (parameters.query().isPresent()) {
      Scores to = Scores.byRow(memory.biases(), units);
      queue.put(new ScoreRows(parameters.query().get(), queries, piece.sequences(), to));
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
    return memory.biases();
  }

  /** Puts the logits of contexts in the queue. */
  final void logits() {
    UnitScores output = parameters.output().orElseThrow();
    GpuMatrix contexts = GpuMatrix.dense(memory.contexts(), GpuType.F32, output.units());
    Scores to = Scores.byRow(memory.logits(), output.heads());
    queue.put(new ScoreRows(output, contexts, piece.sequences(), to));
  }
}
