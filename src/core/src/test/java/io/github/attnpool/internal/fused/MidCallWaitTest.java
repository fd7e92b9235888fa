package io.github.attnpool.internal.fused;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for other threads of the same call. */
@Timeout(60)
class MidCallWaitTest {
  /** A virtual thread that is parked or blocked has left its carrier. */
  @Test
  void virtualThreadsKeepTheirCarriers() throws InterruptedException {
    TileLock lock = new TileLock();
    AtomicBoolean about = new AtomicBoolean();
    lock.lock();
    Thread waiting =
        Thread.startVirtualThread(
            () -> {
              about.set(true);
              lock.lock();
              lock.unlock();
            });
    while (!about.get()) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 100; i++) {
      Thread.sleep(1);
      assertEquals(Thread.State.RUNNABLE, waiting.getState());
    }
    lock.unlock();
    waiting.join();
  }

  /** Whatever the caller's own work throws: it waits for the helpers first. */
  @Test
  void aFailedCallWaitsForItsHelpers() throws InterruptedException {
    try (Arena arena = Arena.ofConfined();
        WorkerPool pool = new WorkerPool(new TileWorker[0])) {
      Job job = new Job(new TileCursor(1), new OrderedFold(new StateLayout(1, 1), 0, arena));
      AtomicBoolean inside = new AtomicBoolean();
      AtomicBoolean left = new AtomicBoolean();
      Thread helper =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!job.join()) {
                      Thread.onSpinWait();
                    }
                    inside.set(true);
                    long end = System.nanoTime() + 50_000_000;
                    while (System.nanoTime() < end) {
                      Thread.onSpinWait();
                    }
                    left.set(true);
                    job.leave();
                  });
      while (!inside.get()) {
        job.run(null, pool, 0); // fails at once: there is no worker
        assertEquals(inside.get(), left.get());
      }
      assertTrue(left.get());
      assertTrue(job.hasFailed());
      assertThrows(NullPointerException.class, job::throwFailure);
      assertFalse(job.join());
      helper.join();
    }
  }
}
