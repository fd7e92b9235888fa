package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.Plan;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.CudnnSoftmax;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thread's calls on the device: pieces of batches, keys, and parts of sequences. Used by one
 * thread at a time, whose current device must be the slot's.
 */
public final class CudaCall implements AutoCloseable {
  private final CallContext context;
  private final CallSlot slot;
  private final Optional<CudnnSoftmax> softmax; // in the staged plan

  public CudaCall(DeviceParameters parameters, Plan plan, WorkLimits limits, DeviceMemory memory) {
    this.slot = new CallSlot(parameters, memory);
    this.context = new CallContext(parameters, limits, slot, new HiddenLayer(parameters, slot));
    try {
      this.softmax = plan == Plan.STAGED ? Optional.of(new CudnnSoftmax()) : Optional.empty();
    } catch (RuntimeException | Error e) {
      slot.close();
      throw e;
    }
  }

  /**
   * Writes every output of a piece that is wanted.
   *
   * @param contexts of all sequences, which hold those of empty sequences; null if those are zeros
   *     or not wanted
   */
  public void run(EngineInput in, Piece piece, OutputMemory out, @Nullable MemorySegment contexts) {
    Wanted wanted = Wanted.of(out);
    PieceResults results = new PieceResults(context, in.rows(), piece);
    PieceRun run =
        softmax.isEmpty() ? fused(in, piece, wanted, results) : staged(in, piece, wanted, results);
    PieceMemory memory = run.memory;
    if (wanted.contexts()) {
      results.fetchContexts(memory.contexts());
    }
    if (wanted.logits()) {
      if (contexts != null) {
        slot.compute().await(); // what is fetched lies where this is sent from
        if (wanted.contexts()) {
          results.copyContexts(out.context());
        }
        results.sendEmptyContexts(contexts, memory.contexts());
      }
      run.logits();
      results.fetchLogits(memory.logits());
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

  private PieceRun fused(EngineInput in, Piece piece, Wanted wanted, PieceResults results) {
    FusedPiece run = new FusedPiece(context, in, piece, wanted);
    if (run.isOneChunk()) {
      slot.compute().gather();
    }
    run.runChunks();
    if (wanted.scores()) {
      results.fetchScores(run.memory.scores().address());
    }
    if (wanted.softmax()) {
      run.merge();
    }
    if (wanted.weights() && piece.rows() > 0) {
      run.weigh();
      results.fetchWeights(run.memory.scores().address());
    }
    return run;
  }

  private PieceRun staged(EngineInput in, Piece piece, Wanted wanted, PieceResults results) {
    StagedPiece run = new StagedPiece(context, in, piece, wanted);
    run.runChunks();
    if (wanted.scores()) {
      results.fetchScores(run.memory.scores().address());
    }
    if (wanted.softmax() && piece.rows() > 0) {
      run.softmax(softmax.orElseThrow());
    }
    if (wanted.weights()) {
      results.fetchWeights(run.weights().address());
    }
    if (wanted.pools()) {
      run.pool();
    }
    return run;
  }

  /** Writes hidden units, and projected rows where there are some, of a piece's rows. */
  void fill(KeyBatch keys, Piece piece) {
    new KeysPiece(context, keys, piece).runChunks();
    slot.compute().await();
  }

  /** Adds rows of one sequence to a state; see {@link AddRows}. */
  void add(EngineInput in, int sequence, MemorySegment state, List<MemorySegment> scores) {
    new AddRows(context).run(in, sequence, state, scores);
  }

  /** Writes the results of a state; see {@link FinishState}. */
  void finish(
      MemorySegment state, @Nullable MemorySegment contexts, @Nullable MemorySegment logits) {
    new FinishState(context).run(state, contexts, logits);
  }

  /** Turns scores of rows in a state into weights; see {@link WeighValues}. */
  void weigh(MemorySegment state, int head, long rows, HeadValues values) {
    new WeighValues(context).run(state, head, rows, values);
  }

  /** Returns how many graphs there are of small pieces that were run again. */
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
      softmax.ifPresent(CudnnSoftmax::close);
    }
  }
}
