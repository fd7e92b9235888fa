package io.github.attnpool.internal.fused;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A layer's own helper threads: daemons that join the jobs that are open, and sleep when there are
 * none. Waking them takes no lock and allocates nothing.
 */
final class WorkerPool implements AutoCloseable {
  private final AtomicReference<Job[]> jobs = new AtomicReference<>(new Job[0]);
  private final Thread[] threads;
  private volatile boolean closed;

  /**
   * @param workers one for each helper thread; closed by the owner
   */
  WorkerPool(TileWorker[] workers) {
    this.threads = new Thread[workers.length];
    for (int i = 0; i < workers.length; i++) {
      TileWorker worker = workers[i];
      threads[i] =
          Thread.ofPlatform().daemon().name("attnpool-worker-" + i).unstarted(() -> serve(worker));
    }
    try {
      for (Thread thread : threads) {
        thread.start();
      }
    } catch (Throwable e) {
      close(); // or those already started would sleep for ever
      throw e;
    }
  }

  /** Whether the helper threads may use memory from Java. */
  boolean mayUse(MemorySegment segment) {
    return threads.length == 0 || segment.isAccessibleBy(threads[0]);
  }

  /** Adds a job that may be opened from now on. */
  void add(Job job) {
    jobs.updateAndGet(
        before -> {
          Job[] after = Arrays.copyOf(before, before.length + 1);
          after[before.length] = job;
          return after;
        });
  }

  /** Wakes threads for a job that is open now. */
  void wake(int helpers) {
    for (int i = 0; i < Math.min(helpers, threads.length); i++) {
      LockSupport.unpark(threads[i]);
    }
  }

  private void serve(TileWorker worker) {
    while (!closed) {
      if (!help(worker)) {
        LockSupport.park(this);
      }
    }
  }

  /** Goes through the jobs once; returns whether there was anything to help with. */
  private boolean help(TileWorker worker) {
    boolean helped = false;
    for (Job job : Objects.requireNonNull(jobs.get(), "jobs")) {
      if (job.join()) {
        try {
          helped |= worker.run(job) > 0;
        } catch (Throwable e) {
          job.fail(e); // the caller throws it
          helped = true;
        } finally {
          job.leave();
        }
      }
    }
    return helped;
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
