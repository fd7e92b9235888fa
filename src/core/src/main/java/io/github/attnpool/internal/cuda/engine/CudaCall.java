package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.Plan;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.CudnnSoftmax;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/**
 * One thread's calls on the device: pieces of batches, keys, and parts of sequences. Used by one
 * thread at a time, whose current device must be the slot's.
 */
public final class CudaCall implements AutoCloseable {
  private final DeviceParameters parameters;
  private final CallSlot slot;
  private final RowFeed feed;
  private final HiddenSteps steps;
  private final StateCall state;
  private final CudnnSoftmax softmax; // null in the fused plan

  public CudaCall(DeviceParameters parameters, Plan plan, WorkLimits limits, DeviceMemory memory) {
    this.parameters = parameters;
    this.slot = new CallSlot(parameters, memory);
    try {
      this.softmax = plan == Plan.STAGED ? new CudnnSoftmax() : null;
    } catch (RuntimeException | Error e) {
      slot.close();
      throw e;
    }
    this.feed = new RowFeed(slot, parameters, limits);
    this.steps = new HiddenSteps(parameters, slot);
    this.state = new StateCall(parameters, slot, feed, steps);
  }

  /**
   * Writes every result of a piece that is wanted.
   *
   * @param contexts of all sequences, where those without rows have theirs; null if they are zeros
   *     or not wanted
   */
  public void run(
      RowBatch in, KeyBatch keys, Piece piece, OutputMemory out, MemorySegment contexts) {
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
      RowBatch in, KeyBatch keys, Piece piece, Wanted wanted, PieceResults results) {
    long chunkRows = feed.chunkRows(in, keys, keys == null || wanted.pools());
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
      RowBatch in, KeyBatch keys, Piece piece, Wanted wanted, PieceResults results) {
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

  /** Calls on the state of a sequence that comes in parts. */
  StateCall state() {
    return state;
  }

  /** Writes hidden units, and projected rows where there are some, of a piece's rows. */
  void fill(KeyBatch keys, Piece piece) {
    RowBatch in = keys.rows();
    long chunkRows = feed.chunkRows(in, null, true);
    new KeysPiece(parameters, slot, in, piece, chunkRows, keys).runChunks(feed, steps);
    slot.compute().await();
  }

  /** Graphs of small pieces that came again. */
  public long graphs() {
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
