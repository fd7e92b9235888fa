package io.github.attnpool.internal.fused;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A layer's own helper threads: daemons that join the jobs offered to them and sleep when there are
 * none. Offering takes no lock and allocates nothing.
 */
final class WorkerPool implements AutoCloseable {
  private final AtomicReferenceArray<@Nullable Job> offered;
  private final Thread[] threads;
  private volatile boolean closed;

  /**
   * @param workers one for each helper thread; closed by this pool
   * @param maxJobs most jobs offered at once
   */
  WorkerPool(TileWorker[] workers, int maxJobs) {
    this.offered = new AtomicReferenceArray<>(maxJobs);
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
    } catch (RuntimeException | Error e) {
      close(); // or those already started would sleep for ever
      throw e;
    }
  }

  /** Whether the helper threads may use memory from Java. */
  boolean mayUse(MemorySegment segment) {
    return threads.length == 0 || segment.isAccessibleBy(threads[0]);
  }

  /**
   * Offers a job; it stays on offer until it is withdrawn.
   *
   * @param helpers most threads to wake for it
   * @return its place, or −1 if there was no room: then nobody helps
   */
  int offer(Job job, int helpers) {
    for (int place = 0; place < offered.length(); place++) {
      if (offered.compareAndSet(place, null, job)) {
        for (int i = 0; i < Math.min(helpers, threads.length); i++) {
          LockSupport.unpark(threads[i]);
        }
        return place;
      }
    }
    return -1;
  }

  void withdraw(int place) {
    if (place >= 0) {
      offered.set(place, null);
    }
  }

  private void serve(TileWorker worker) {
    while (!closed) {
      if (!help(worker)) {
        LockSupport.park(this);
      }
    }
  }

  /** Goes once round the offers; whether there was anything to help with. */
  private boolean help(TileWorker worker) {
    boolean helped = false;
    for (int place = 0; place < offered.length(); place++) {
      Job job = offered.get(place);
      if (job != null && job.join()) {
        helped |= help(worker, job);
        job.leave();
      }
    }
    return helped;
  }

  private static boolean help(TileWorker worker, Job job) {
    try {
      return worker.run(job) > 0;
    } catch (RuntimeException | Error e) {
      job.fail(e); // the caller throws it
      return true;
    }
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
