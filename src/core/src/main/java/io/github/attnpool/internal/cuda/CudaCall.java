package io.github.attnpool.internal.cuda;

import io.github.attnpool.Keys;
import io.github.attnpool.Plan;
import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.fused.StateLayout;
import java.lang.foreign.MemorySegment;

/**
 * One thread's calls on the device: pieces of batches, parts of sequences, and keys. Used by one
 * thread at a time, whose current device must be the slot's.
 */
final class CudaCall implements AutoCloseable {
  private final DeviceParameters parameters;
  private final WorkLimits limits;
  private final StateLayout layout;
  private final CallSlot slot;
  private final RowFeed feed;
  private final HiddenSteps steps;
  private final CudnnSoftmax softmax; // null in the fused plan

  CudaCall(DeviceParameters parameters, Plan plan, WorkLimits limits, DeviceMemory memory) {
    this.parameters = parameters;
    this.limits = limits;
    this.layout = new StateLayout(parameters.heads(), parameters.width());
    this.slot = new CallSlot(parameters, memory);
    try {
      this.softmax = plan == Plan.STAGED ? new CudnnSoftmax() : null;
    } catch (RuntimeException | Error e) {
      slot.close();
      throw e;
    }
    this.feed = new RowFeed(slot, parameters);
    this.steps = new HiddenSteps(parameters, slot);
  }

  /** Rows of a chunk that comes from these sequences. */
  private long chunkRows(Sequences in, Keys keys, boolean takesRows) {
    long bytes = feed.rowBytes(in, keys, takesRows);
    return WorkLimits.stagingRows(limits.chunkRows(), bytes);
  }

  /**
   * Writes every result of a piece that is wanted.
   *
   * @param contexts of all sequences, where those without rows have theirs; null if they are zeros
   *     or not wanted
   */
  void run(Sequences in, Keys keys, Piece piece, Pooled out, MemorySegment contexts) {
    Wanted wanted = Wanted.of(out);
    PieceResults results = new PieceResults(parameters, slot, in, piece);
    PieceRun run =
        softmax == null
            ? fused(in, keys, piece, wanted, results)
            : staged(in, keys, piece, wanted, results);
    PieceMemory memory = run.memory;
    if (wanted.contexts()) {
      results.fetchContexts(memory.contexts);
    }
    if (wanted.logits()) {
      if (contexts != null) {
        slot.compute().await(); // what is fetched lies where this is sent from
        if (wanted.contexts()) {
          results.copyContexts(out.context());
        }
        results.sendEmptyContexts(contexts, memory.contexts);
      }
      run.logits();
      results.fetchLogits(memory.logits);
    }
    slot.compute().await();
    if (wanted.scores()) {
      results.spreadScores(out.scores());
    }
    if (wanted.weights()) {
      results.spreadWeights(out.weights());
    }
    if (wanted.contexts()) {
      results.copyContexts(out.context());
    }
    if (wanted.logits()) {
      results.copyLogits(out);
    }
  }

  private PieceRun fused(
      Sequences in, Keys keys, Piece piece, Wanted wanted, PieceResults results) {
    long chunkRows = chunkRows(in, keys, keys == null || wanted.pools());
    FusedPiece run = new FusedPiece(parameters, slot, in, keys, piece, wanted, chunkRows);
    if (run.isOneChunk()) {
      slot.compute().gather();
    }
    run.runChunks(feed, steps);
    if (wanted.scores()) {
      results.fetchScores(run.memory.scores);
    }
    if (wanted.softmax()) {
      run.merge();
    }
    if (wanted.weights() && piece.rows() > 0) {
      run.weigh();
      results.fetchWeights(run.memory.scores);
    }
    return run;
  }

  private PieceRun staged(
      Sequences in, Keys keys, Piece piece, Wanted wanted, PieceResults results) {
    StagedPiece run = new StagedPiece(parameters, slot, in, keys, piece, wanted);
    run.runChunks(feed, steps);
    if (wanted.scores()) {
      results.fetchScores(run.memory.scores);
    }
    if (wanted.softmax() && piece.rows() > 0) {
      run.softmax(softmax);
    }
    if (wanted.weights()) {
      results.fetchWeights(run.memory.weights);
    }
    if (wanted.pools()) {
      run.pool();
    }
    return run;
  }

  /**
   * Adds rows of one sequence to a state, in parts that fit.
   *
   * @param state in host memory, changed
   * @param scores where scores of the rows go, by position
   */
  void add(
      Sequences in,
      Keys keys,
      int sequence,
      long partRows,
      MemorySegment state,
      MemorySegment[] scores) {
    DeviceState device = state();
    MemorySegment pinned = slot.results().reserve(device.hostBytes());
    device.upload(state, pinned, slot.compute());
    slot.compute().await();
    Wanted wanted = new Wanted(false, false, true, false);
    long end = in.kept().first(sequence + 1);
    for (long row = in.kept().first(sequence); row < end; row += partRows) {
      Piece part = Piece.part(sequence, row, Math.min(partRows, end - row));
      PieceResults results = new PieceResults(parameters, slot, in, part);
      FusedPiece run =
          new FusedPiece(parameters, slot, in, keys, part, wanted, chunkRows(in, keys, true));
      run.runChunks(feed, steps);
      run.mergeInto(device);
      if (scores.length > 0) {
        results.fetchScores(run.memory.scores);
      }
      slot.compute().await(); // before the next part uses pinned memory
      for (MemorySegment to : scores) {
        results.spreadScores(to);
      }
    }
    device.download(state, slot.results().reserve(device.hostBytes()), slot.compute());
  }

  private DeviceState state() {
    return new DeviceState(layout, parameters.source().outputs(), slot);
  }

  /**
   * The results of a state.
   *
   * @param context F32 [R,H], or null
   * @param logits F32 [O], or null
   */
  void finish(MemorySegment state, MemorySegment context, MemorySegment logits) {
    DeviceState device = state();
    LaunchQueue queue = slot.compute();
    long contextBytes = (long) layout.heads() * layout.width() * Float.BYTES;
    long logitsBytes = (long) parameters.source().outputs() * Float.BYTES;
    long pinnedBytes = Math.max(device.hostBytes(), contextBytes + logitsBytes);
    MemorySegment pinned = slot.results().reserve(pinnedBytes);
    device.upload(state, pinned, queue);
    MemorySegment none = slot.tables().reserve(2 * Long.BYTES);
    none.fill((byte) 0); // of no tiles
    long noTiles = slot.work().reserve(2 * Long.BYTES);
    CudaRuntime.upload(noTiles, none, 0, 2 * Long.BYTES, queue);
    DeviceKernels.merge(
        new Partials(noTiles, noTiles),
        0,
        layout.width(),
        layout.heads(),
        DeviceKernels.Merge.RESUME,
        noTiles,
        1,
        parameters.source().softmaxEpsilon(),
        device.maxSum(),
        device.context(),
        device.results(),
        queue);
    queue.await(); // the state has left pinned memory
    CudaRuntime.download(pinned, 0, device.results(), contextBytes, queue);
    if (logits != null) {
      ScoreForm output = parameters.output();
      long to = device.results() + contextBytes;
      GpuMatrix contexts = GpuMatrix.dense(device.results(), GpuType.F32, output.units());
      DeviceKernels.score(output, contexts, 1, 0, TileRun.NONE, to, 1, output.heads(), queue);
      CudaRuntime.download(pinned, contextBytes, to, logitsBytes, queue);
    }
    queue.await();
    if (context != null) {
      MemorySegment.copy(pinned, 0, context, 0, contextBytes);
    }
    if (logits != null) {
      MemorySegment.copy(pinned, contextBytes, logits, 0, logitsBytes);
    }
  }

  /** Brings values of some rows to pinned memory, or back. */
  interface Values {
    void copy(long row, long rows, MemorySegment pinned, long offset);
  }

  /** Turns scores of rows in a state into weights, for one head, in parts that fit. */
  void weigh(MemorySegment state, int head, long rows, long partRows, Values read, Values write) {
    DeviceState device = state();
    LaunchQueue queue = slot.compute();
    MemorySegment pinned =
        slot.results().reserve(Math.max(device.hostBytes(), partRows * Float.BYTES));
    device.upload(state, pinned, queue);
    queue.await();
    for (long row = 0; row < rows; row += partRows) {
      long count = Math.min(partRows, rows - row);
      read.copy(row, count, pinned, 0);
      PieceTables table = new PieceTables(Piece.part(0, 0, count), 0);
      MemorySegment host = slot.tables().reserve(table.bytes());
      table.fillPart(host);
      MemoryPlan plan = new MemoryPlan();
      long scoresAt = plan.floats(count);
      long tablesAt = plan.place(table.bytes());
      long base = slot.work().reserve(plan.bytes());
      CudaRuntime.upload(base + tablesAt, host, 0, table.bytes(), queue);
      CudaRuntime.upload(base + scoresAt, pinned, 0, count * Float.BYTES, queue);
      DeviceKernels.weights(
          base + scoresAt,
          count,
          count,
          1,
          table.tiles(base + tablesAt, 0, Piece.tiles(count)),
          device.maxSum() + head * 2L * Double.BYTES,
          1,
          parameters.source().softmaxEpsilon(),
          queue);
      CudaRuntime.download(pinned, 0, base + scoresAt, count * Float.BYTES, queue);
      queue.await();
      write.copy(row, count, pinned, 0);
    }
  }

  /** Writes hidden units, and projected rows where there are some, of a piece's rows. */
  void fill(Keys keys, Piece piece) {
    Sequences in = keys.sequences();
    long chunkRows = chunkRows(in, null, true);
    new KeysPiece(parameters, slot, in, piece, chunkRows, keys).runChunks(feed, steps);
    slot.compute().await();
  }

  /** Graphs of small pieces that came again. */
  long graphs() {
    return slot.compute().graphs();
  }

  /** Makes the slot fit for another call after one that failed; whether that went well. */
  boolean recover(Throwable failure) {
    try {
      slot.drain();
      slot.shrink();
      return true;
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  @Override
  public void close() {
    try (slot) {
      if (softmax != null) {
        softmax.close();
      }
    }
  }
}
