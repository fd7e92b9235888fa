package io.github.attnpool.internal.fused;

import io.github.attnpool.Output;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What one forward call needs for its duration: a job, the tasks it may be given, and a worker for
 * the calling thread.
 */
final class CallerSlot implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final int TILES_AHEAD = 4; // for each helper: finished tiles that wait their turn
  private static final int MAX_AHEAD = 32;

  private final Arena arena = Arena.ofShared();
  private final TileShape shape;
  private final Job job;
  private final PoolSequences poolSequences;
  private final PoolKeys poolKeys;
  private final FillKeys fillKeys;
  private final AddPart addPart;
  private final TileWorker worker;
  private MemorySegment contexts = MemorySegment.NULL; // where the caller wants none
  private MemorySegment biases = MemorySegment.NULL;

  CallerSlot(TileProgram program, TileShape shape, int helpers) {
    this.shape = shape;
    try {
      int ahead = Math.min(helpers * TILES_AHEAD, MAX_AHEAD);
      OrderedFold fold = new OrderedFold(shape.states(), ahead, arena);
      this.job = new Job(new TileCursor(shape.rows()), fold);
      // Shared by both: a slot serves one call at a time.
      MemorySegment states = arena.allocate(shape.states().bytes(), ALIGNMENT);
      this.poolSequences = new PoolSequences(shape, states);
      this.poolKeys = new PoolKeys(shape, states);
      this.fillKeys = new FillKeys(shape);
      this.addPart = new AddPart(shape);
      this.worker = new TileWorker(program, shape, arena);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  Job job() {
    return job;
  }

  TileWorker worker() {
    return worker;
  }

  PoolSequences poolSequences() {
    return poolSequences;
  }

  PoolKeys poolKeys() {
    return poolKeys;
  }

  FillKeys fillKeys() {
    return fillKeys;
  }

  AddPart addPart() {
    return addPart;
  }

  /**
   * The contexts' memory: the results' own, or scratch that grows with the batch; null where
   * nothing is pooled.
   */
  @Nullable MemorySegment contextsFor(OutputMemory out) {
    if (out.has(Output.CONTEXT)) {
      return out.context();
    }
    if (!out.has(Output.WEIGHTS) && !out.has(Output.LOGITS)) {
      return null;
    }
    contexts = atLeast(contexts, out.size(Output.CONTEXT) * Float.BYTES);
    return contexts;
  }

  /** Bias and query term of each sequence, in scratch that grows with the batch; null without. */
  @Nullable MemorySegment biasesFor(RowBatch in) {
    if (!in.hasQueries() || in.batch() == 0) {
      return null;
    }
    biases = atLeast(biases, in.batch() * shape.biasBytes());
    worker.math().biases(in.queries(), in.batch(), biases);
    return biases;
  }

  private static MemorySegment atLeast(MemorySegment scratch, long bytes) {
    return scratch.byteSize() < bytes ? Arena.ofAuto().allocate(bytes, ALIGNMENT) : scratch;
  }

  @Override
  public void close() {
    worker.close();
    arena.close();
  }
}
