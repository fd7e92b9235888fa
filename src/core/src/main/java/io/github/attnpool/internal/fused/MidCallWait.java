package io.github.attnpool.internal.fused;

import java.util.concurrent.locks.LockSupport;

/**
 * Waits in the middle of a call, for a thread that works on the same call: for the time of a tile
 * at most, if that thread is running.
 *
 * <p>A virtual thread must not leave its carrier here, as it would by parking, or by waiting for a
 * monitor. Under load it may get a carrier again only seconds later, and all that time the call
 * would keep its slot, and closing the layer would wait for it. So it spins. Spinning costs little,
 * as helpers are called only while there are fewer calls than threads.
 */
final class MidCallWait {
  private static final int SPINS = 200;
  private static final long PARK_NANOS = 20_000;

  private MidCallWait() {}

  /**
   * Waits a moment.
   *
   * @param round how often this thread has waited for the same thing already
   */
  static void pause(int round) {
    if (round < SPINS || Thread.currentThread().isVirtual()) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(PARK_NANOS); // at once if interrupted, which is spinning
    }
  }
}
