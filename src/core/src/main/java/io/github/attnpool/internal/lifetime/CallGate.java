package io.github.attnpool.internal.lifetime;

import io.github.attnpool.AttnPoolException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets calls pass until it is closed; closing waits for those inside. Passing is two atomic
 * additions, without a lock.
 */
public final class CallGate {
  private static final long CLOSED = 1L << 62;
  private static final long POLL_NANOS = 100_000;

  private final String what;
  private final AtomicLong state = new AtomicLong(); // calls inside, plus CLOSED

  public CallGate(String what) {
    this.what = what;
  }

  /** Enters; every enter that returns needs one leave. */
  public void enter() {
    if (state.getAndIncrement() >= CLOSED) {
      state.getAndDecrement();
      throw new AttnPoolException("use " + what, "the " + what + " is closed");
    }
  }

  /** Leaves. */
  public void leave() {
    state.getAndDecrement();
  }

  /** Closes and waits for calls inside; true for the one caller that closed it. */
  public boolean close() {
    boolean mine = closeForOthers();
    boolean interrupted = false;
    while (state.get() != CLOSED) {
      LockSupport.parkNanos(POLL_NANOS);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return mine;
  }

  private boolean closeForOthers() {
    while (true) {
      long calls = state.get();
      if (calls >= CLOSED) {
        return false;
      }
      if (state.compareAndSet(calls, calls + CLOSED)) {
        return true;
      }
    }
  }
}
