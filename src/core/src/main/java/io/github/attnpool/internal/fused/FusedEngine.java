package io.github.attnpool.internal.fused;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import io.github.attnpool.backend.Engine;
import io.github.attnpool.backend.EngineOptions;
import io.github.attnpool.internal.InPlace;
import io.github.attnpool.internal.MaskedResults;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

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
   * Concurrent calls that need not wait for each other's scratch memory, which is made as they
   * come. More than processors: one that waits while its place is taken by a thread off the
   * processor costs more than sharing time does.
   */
  private static final int MIN_CALLERS = 16;

  private static final Output[] OUTPUTS = Output.values();

  private final MaskedResults masked;
  private final TileProgram program;
  private final long workPerRow;
  private final int threads;
  private final Arena workersArena = Arena.ofShared();
  private final TileWorker[] workers;
  private final WorkerPool pool;
  private final CallerSlots slots;
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @param program taken over: closed with this engine, also if making it fails
   */
  public FusedEngine(AttentionParameters parameters, EngineOptions options, TileProgram program) {
    this.masked = new MaskedResults(options.emptySequence());
    this.program = program;
    this.threads = options.threads();
    this.workPerRow = (long) parameters.width() * Math.max(1, parameters.units());
    StateLayout layout = new StateLayout(parameters.heads(), parameters.width());
    int callers = threads + Math.max(MIN_CALLERS, 2 * Runtime.getRuntime().availableProcessors());
    this.workers = new TileWorker[threads - 1];
    try {
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new TileWorker(program, layout, workersArena);
      }
      this.slots = new CallerSlots(callers, () -> new CallerSlot(program, layout, workers.length));
      this.pool = new WorkerPool(workers, callers);
    } catch (RuntimeException | Error e) {
      freeWorkers();
      program.close();
      throw e;
    }
  }

  @Override
  public void forward(Sequences in, Pooled out) {
    CallerSlot slot = slots.take();
    try {
      MemorySegment contexts = slot.contextsFor(out);
      masked.write(in, out, contexts);
      Job job = slot.job();
      job.start(in, out, contexts);
      try {
        run(job, slot.worker(), in.kept().count());
        throwFailure(job);
      } finally {
        job.clear();
      }
      if (out.has(Output.LOGITS) && in.batch() > 0) {
        slot.worker().math().output(contexts, in.batch(), out.logits());
      }
    } finally {
      slots.give(slot);
    }
  }

  private void run(Job job, TileWorker worker, long rows) {
    int callers = running.incrementAndGet();
    try {
      // Helpers only while there are fewer calls than threads: more calls share the machine anyway.
      int helpers = Math.min(threads - callers, (int) Math.min(rows / program.tileRows(), threads));
      if (helpers <= 0 || rows * workPerRow < MIN_SHARED_WORK || !mayShare(job)) {
        worker.run(job);
      } else {
        runWithHelpers(job, worker, helpers);
      }
    } finally {
      running.decrementAndGet();
    }
  }

  /** Whether the helper threads may use the caller's memory. */
  private boolean mayShare(Job job) {
    MemorySegment x = job.in().x();
    boolean byAddress = job.in().type() != ElementType.F16 && InPlace.allowedFor(job.in());
    if (program.needsNativeMemory()) {
      return byAddress || pool.mayUse(x);
    }
    return pool.mayUse(x) && pool.mayUse(job.contexts()) && mayUseResults(job.out());
  }

  private boolean mayUseResults(Pooled out) {
    for (Output output : OUTPUTS) {
      if (out.has(output) && !pool.mayUse(out.get(output))) {
        return false;
      }
    }
    return true;
  }

  private void runWithHelpers(Job job, TileWorker worker, int helpers) {
    job.fold().admitHelpers();
    job.cursor().keepBack(2L * threads * program.tileRows());
    job.open();
    int place = pool.offer(job, helpers);
    try {
      worker.run(job);
    } catch (RuntimeException | Error e) {
      job.fail(e);
    } finally {
      pool.withdraw(place);
      job.closeAndWait();
    }
  }

  private static void throwFailure(Job job) {
    switch (job.failure()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(job.failure());
    }
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
