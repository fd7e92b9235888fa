package io.github.attnpool.internal.fused;

import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What one forward call needs for its duration: a job, and a worker for the calling thread. */
final class CallerSlot implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final int TILES_AHEAD = 4; // for each helper: finished tiles that wait their turn

  private static final int MAX_AHEAD = 32;

  private final Arena arena = Arena.ofShared();
  private final Job job;
  private final TileWorker worker;
  private MemorySegment contexts = MemorySegment.NULL; // where the caller wants none

  CallerSlot(TileProgram program, StateLayout layout, int helpers) {
    try {
      OrderedFold fold = new OrderedFold(layout, Math.min(helpers * TILES_AHEAD, MAX_AHEAD), arena);
      this.job = new Job(new TileCursor(program.tileRows()), fold);
      this.worker = new TileWorker(program, layout, arena);
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

  /** The contexts' memory: the results' own, or scratch that grows with the batch. */
  MemorySegment contextsFor(Pooled out) {
    if (out.has(Output.CONTEXT)) {
      return out.context();
    }
    long bytes = out.size(Output.CONTEXT) * Float.BYTES;
    if (contexts.byteSize() < bytes) {
      contexts = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }
    return contexts;
  }

  @Override
  public void close() {
    worker.close();
    arena.close();
  }
}
