package io.github.attnpool.internal.lifetime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Calls that wait for a place, in the order in which they came. Lock-free. */
final class WaitingCalls {
  private enum Fate {
    WAITS,
    ADMITTED, // it has been handed a place
    GONE // it found a place itself, or was refused
  }

  /** A waiting call. */
  final class Call {
    private final Thread thread = Thread.currentThread();
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.WAITS);
    private volatile boolean woken;

    /** Returns whether a place was free: then this call looks for one from time to time. */
    boolean isWoken() {
      return woken;
    }

    boolean isAdmitted() {
      return fate.get() == Fate.ADMITTED;
    }

    /** Waits no more; false if it has been admitted. */
    boolean withdraw() {
      if (fate.compareAndSet(Fate.WAITS, Fate.GONE)) {
        calls.remove(this);
      }
      return !isAdmitted();
    }

    private boolean end(Fate how) {
      boolean waited = fate.compareAndSet(Fate.WAITS, how);
      if (waited) {
        LockSupport.unpark(thread);
      }
      return waited;
    }
  }

  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

  /** Adds a call of this thread, as the last one. */
  Call join() {
    Call call = new Call();
    calls.add(call);
    return call;
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  /** Hands a place to the first call; false if none waits. */
  boolean admitFirst() {
    for (Call call = calls.poll(); call != null; call = calls.poll()) {
      if (call.end(Fate.ADMITTED)) {
        return true;
      }
    }
    return false;
  }

  /** Has the first call look for a place, unless it does so already. */
  void wakeFirst() {
    Call first = calls.peek();
    if (first != null && !first.woken) {
      first.woken = true;
      LockSupport.unpark(first.thread);
    }
  }

  /** Refuses all calls. */
  void refuseAll() {
    for (Call call = calls.poll(); call != null; call = calls.poll()) {
      call.end(Fate.GONE);
    }
  }
}
