package io.github.attnpool.internal.lifetime;

import io.github.attnpool.AttnPoolException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets calls pass until it is closed, a limited number at a time. Closing refuses those that wait,
 * and waits for those inside. Passing takes no lock, and allocates only where it waits.
 *
 * <p>A freed place is handed to the call that has waited longest, unless one was let in a moment
 * ago: then it is open to whoever comes first. Without that, threads whose calls are shorter than
 * waking a thread would spend their time on waking each other.
 *
 * <p>Virtual threads do not wait for a place. One that was handed a place would keep it until its
 * scheduler runs it, while threads wait that could run. Nor do they need a limit: a call does not
 * leave its carrier thread, so no more of them are inside than there are carriers.
 */
public final class CallGate {
  private static final long CLOSED = 1L << 62;
  private static final long VIRTUAL_CALL = 1L << 31;
  private static final long IN_PLACES = VIRTUAL_CALL - 1; // calls of platform threads

  /** How long a place is used before it is handed on, if calls are short: many times a wake-up. */
  private static final long TURN_NANOS = 1_000_000;

  private final String what;
  private final int places;
  private final long turnNanos; // from one hand-over to the next, of whichever place
  private final AtomicLong state = new AtomicLong(); // calls inside by kind, plus CLOSED
  private final WaitingCalls waiting = new WaitingCalls();
  private final Queue<Thread> closers = new ConcurrentLinkedQueue<>();

  /** When the last hand-over was due; as many as there are places may catch up. */
  private volatile long turn = System.nanoTime() - TURN_NANOS;

  /** Makes a gate without a limit. */
  public CallGate(String what) {
    this(what, Integer.MAX_VALUE);
  }

  /**
   * Makes a gate with a limit.
   *
   * @param what the calls use, for messages
   * @param places most calls of platform threads that may be inside
   */
  public CallGate(String what, int places) {
    this.what = what;
    this.places = places;
    this.turnNanos = TURN_NANOS / places;
  }

  /** Enters; every enter that returns needs one leave, by the same thread. */
  public void enter() {
    if (Thread.currentThread().isVirtual()) {
      enterWithoutPlace();
    } else if (!tryEnter()) {
      enterInTurn();
    }
  }

  private void enterWithoutPlace() {
    long now = state.get();
    while (now < CLOSED) {
      long seen = state.compareAndExchange(now, now + VIRTUAL_CALL);
      if (seen == now) {
        return;
      }
      now = seen;
    }
    throw refusal();
  }

  /** Enters if a place is free and the gate is open. */
  private boolean tryEnter() {
    long now = state.get();
    while (now < CLOSED && (now & IN_PLACES) < places) {
      long seen = state.compareAndExchange(now, now + 1);
      if (seen == now) {
        return true;
      }
      now = seen;
    }
    return false;
  }

  private void enterInTurn() {
    WaitingCalls.Call call = waiting.join(); // before it looks for a place once more: see leave
    boolean interrupted = false;
    try {
      while (!tryEnter(call)) {
        if (call.isWoken()) {
          LockSupport.parkNanos(this, TURN_NANOS); // the place was taken: looks again
        } else {
          LockSupport.park(this);
        }
        interrupted |= Thread.interrupted(); // or parking would return at once
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (hasFreePlace()) {
      waiting.wakeFirst(); // this call may have been woken for it, and has another place
    }
  }

  /** Returns whether a waiting call is inside now. */
  private boolean tryEnter(WaitingCalls.Call call) {
    if (call.isAdmitted()) {
      return true;
    }
    if (state.get() >= CLOSED) {
      if (call.withdraw()) {
        throw refusal();
      }
      return true;
    }
    if (!tryEnter()) {
      return false;
    }
    if (!call.withdraw()) {
      leave(); // it was handed a place, too
    }
    return true;
  }

  private AttnPoolException refusal() {
    return new AttnPoolException("use " + what, "the " + what + " is closed");
  }

  private boolean hasFreePlace() {
    return (state.get() & IN_PLACES) < places;
  }

  /** Leaves. */
  public void leave() {
    if (Thread.currentThread().isVirtual()) {
      left(state.addAndGet(-VIRTUAL_CALL));
    } else if (waiting.isEmpty() || !handOver()) {
      left(state.decrementAndGet());
      // A call that begins to wait looks for a place after it has joined the others: either it
      // finds this one, or it is found here.
      if (!waiting.isEmpty()) {
        waiting.wakeFirst();
      }
    }
  }

  /** Hands the place to the first waiting call, if it is time to. */
  private boolean handOver() {
    long now = System.nanoTime();
    long next = now - turn > TURN_NANOS ? now - TURN_NANOS + turnNanos : turn + turnNanos;
    if (next - now > 0 || !waiting.admitFirst()) {
      return false;
    }
    turn = next;
    return true;
  }

  private void left(long state) {
    if (state == CLOSED) {
      closers.forEach(LockSupport::unpark);
    }
  }

  /** Closes and waits for calls inside; true for the one caller that closed it. */
  public boolean close() {
    boolean mine = closeForOthers();
    waiting.refuseAll();
    Thread closer = Thread.currentThread();
    closers.add(closer); // before it looks whether somebody is inside: see left
    boolean interrupted = false;
    while (state.get() != CLOSED) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    closers.remove(closer);
    if (interrupted) {
      closer.interrupt();
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
