package io.github.attnpool.internal.fused;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Output;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.results.MaskedResults;
import io.github.attnpool.internal.rows.InPlace;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The fused plan: each tile of rows goes from x to its part of the results while it is in the
 * cache, so that x is read from memory once and no intermediate is written there. Memory beyond the
 * input and the results is one tile's scratch for each thread, however many rows there are.
 *
 * <p>Results are the same bits for any batch around a sequence, any number of threads, padded or
 * ragged. Four facts make it so: a row's scores depend on that row alone; sequences are cut into
 * blocks counted from their own first row ({@link TileCursor}); a block's state depends on its rows
 * alone; and blocks are merged in the order of the rows ({@link OrderedFold}).
 */
public final class FusedEngine implements Engine {
  /**
   * Multiply-adds from which a helper is worth waking: about 100 µs of work, several times the
   * latency of waking a sleeping thread.
   */
  private static final long MIN_SHARED_WORK = 1L << 23;

  /**
   * Calls of platform threads that run at once, for each processor. With one, a processor would be
   * idle while the next thread is woken; with many, calls push each other's scratch memory out of
   * the caches, and those that are off the processor last long.
   */
  private static final int CALLS_PER_PROCESSOR = 2;

  /** More than the carriers that a scheduler of virtual threads has by default, at most. */
  private static final int MAX_CARRIERS = 1024;

  private final MaskedResults masked;
  private final TileProgram program;
  private final TileShape shape;
  private final WorkPerRow workPerRow;
  private final int threads;
  private final Arena workersArena = Arena.ofShared();
  private final TileWorker[] workers;
  private final WorkerPool pool;
  private final CallerSlots slots;
  private final int maxCalls;

  /**
   * @param program taken over: closed with this engine, also if making it fails
   */
  public FusedEngine(AttentionParameters parameters, EngineOptions options, TileProgram program) {
    this.masked = new MaskedResults(parameters, options.emptySequence());
    this.program = program;
    this.threads = options.threads();
    LayerForm form = LayerForm.of(parameters);
    this.workPerRow = WorkPerRow.of(form);
    this.shape = TileShape.of(form, program.tileRows());
    this.maxCalls = CALLS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
    this.workers = new TileWorker[threads - 1];
    try {
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new TileWorker(program, shape, workersArena);
      }
      this.slots = new CallerSlots(maxCalls + MAX_CARRIERS, this::newSlot);
      this.pool = new WorkerPool(workers);
    } catch (RuntimeException | Error e) {
      freeWorkers();
      program.close();
      throw e;
    }
  }

  private CallerSlot newSlot() {
    CallerSlot slot = new CallerSlot(program, shape, workers.length);
    pool.add(slot.job());
    return slot;
  }

  @Override
  public void forward(EngineInput input, OutputMemory out) {
    RowBatch in = input.rows();
    CallerSlot slot = slots.take();
    try {
      MemorySegment contexts = slot.contextsFor(out);
      masked.write(in, out, contexts);
      MemorySegment biases = slot.biasesFor(in);
      run(
          slot,
          switch (input) {
            case RowBatch rows -> slot.poolSequences().of(rows, out, contexts, biases);
            case KeyBatch keys -> slot.poolKeys().of(keys, out, contexts, biases);
          });
      if (out.has(Output.LOGITS) && in.batch() > 0) {
        slot.worker()
            .math()
            .output(Objects.requireNonNull(contexts, "contexts"), in.batch(), out.logits());
      }
    } finally {
      slots.give(slot);
    }
  }

  @Override
  public void fill(KeyBatch keys) {
    CallerSlot slot = slots.take();
    try {
      run(slot, slot.fillKeys().of(keys));
    } finally {
      slots.give(slot);
    }
  }

  @Override
  public Optional<StreamEngine> stream() {
    if (shape.hasStepBias()) {
      throw new AttnPoolException(
          "pooling state",
          "the layer has a step bias, and a part of a sequence does not know its place; pool the"
              + " sequence whole");
    }
    return Optional.of(new FusedStream(this));
  }

  /** Adds a part of a sequence to its state. */
  void add(RowBatch part, MemorySegment state, @Nullable MemorySegment scores) {
    CallerSlot slot = slots.take();
    try {
      if (scores != null) {
        masked.writeScores(part, scores, shape.heads());
      }
      run(slot, slot.addPart().of(part, state, scores, slot.biasesFor(part)));
    } finally {
      slots.give(slot);
    }
  }

  /** Lends a thread's arithmetic for something short. */
  void withMath(Consumer<TileMath> use) {
    CallerSlot slot = slots.take();
    try {
      use.accept(slot.worker().math());
    } finally {
      slots.give(slot);
    }
  }

  TileShape shape() {
    return shape;
  }

  private void run(CallerSlot slot, TileTask task) {
    Job job = slot.job();
    try {
      job.start(task);
      // Helpers only while there are fewer calls than threads: more calls share the machine anyway.
      long rows = task.in().kept().count();
      int helpers = Math.min(threads - slots.inUse(), (int) Math.min(rows / shape.rows(), threads));
      if (helpers <= 0 || workPerRow.of(task) * rows < MIN_SHARED_WORK || !mayShare(task)) {
        slot.worker().run(job);
      } else {
        job.fold().admitHelpers();
        job.cursor().keepBack(2L * threads * shape.rows());
        job.run(slot.worker(), pool, helpers);
      }
      job.throwFailure();
    } finally {
      job.clear();
    }
  }

  /** Whether the helper threads may use the caller's memory. */
  private boolean mayShare(TileTask task) {
    RowBatch in = task.in();
    if (program.needsNativeMemory()) {
      boolean byAddress = InPlace.allowedFor(in) && program.canRead(in.type());
      return byAddress || pool.mayUse(in.x());
    }
    return task.mayBeUsedBy(pool);
  }

  @Override
  public boolean addsScoreBias() {
    return true;
  }

  @Override
  public String isa() {
    return program.isa();
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public int maxCalls() {
    return maxCalls;
  }

  @Override
  public void close() {
    try (program) {
      try (slots) {
        pool.close();
      } finally {
        freeWorkers();
      }
    }
  }

  private void freeWorkers() {
    for (TileWorker worker : workers) {
      if (worker != null) {
        worker.close();
      }
    }
    workersArena.close();
  }
}
