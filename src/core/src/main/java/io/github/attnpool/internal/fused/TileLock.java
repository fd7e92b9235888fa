package io.github.attnpool.internal.fused;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Excludes the threads of one call from each other, for less than the time of a tile. Not a
 * monitor: see {@link MidCallWait}. Not reentrant.
 */
final class TileLock {
  private final AtomicBoolean held = new AtomicBoolean();

  void lock() {
    for (int round = 0; held.getOpaque() || !held.compareAndSet(false, true); round++) {
      MidCallWait.pause(round);
    }
  }

  void unlock() {
    held.setRelease(false);
  }
}
