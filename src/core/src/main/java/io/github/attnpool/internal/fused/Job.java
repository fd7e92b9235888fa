package io.github.attnpool.internal.fused;

import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * One forward call that several threads may work on. Reused from call to call: helpers may join
 * only between {@link #open} and {@link #closeAndWait}.
 */
final class Job {
  private static final int CLOSED = 1 << 30;
  private static final int SPINS = 200;
  private static final long WAIT_NANOS = 20_000;

  private final TileCursor cursor;
  private final OrderedFold fold;
  private final AtomicInteger helpers = new AtomicInteger(CLOSED); // inside, plus CLOSED
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private Sequences in;
  private Pooled out;
  private MemorySegment contexts;

  Job(TileCursor cursor, OrderedFold fold) {
    this.cursor = cursor;
    this.fold = fold;
  }

  void start(Sequences in, Pooled out, MemorySegment contexts) {
    this.in = in;
    this.out = out;
    this.contexts = contexts;
    failure.setPlain(null);
    cursor.start(in.kept(), in.batch());
    fold.start(in, out, contexts);
  }

  /** Lets helpers join. */
  void open() {
    helpers.set(0);
  }

  /** Joins as a helper, if helpers are let in; then one leave is due. */
  boolean join() {
    while (true) {
      int now = helpers.get();
      if (now >= CLOSED) {
        return false;
      }
      if (helpers.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  void leave() {
    helpers.getAndDecrement();
  }

  /** Lets no more helpers in, and waits for those inside to finish their tiles. */
  void closeAndWait() {
    helpers.getAndAdd(CLOSED);
    boolean interrupted = false;
    for (int spins = 0; helpers.get() != CLOSED; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(WAIT_NANOS);
        interrupted |= Thread.interrupted(); // or parking would return at once
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Drops what belongs to the caller. */
  void clear() {
    in = null;
    out = null;
    contexts = null;
  }

  /** Ends the job early: the first failure is the one the caller gets. */
  void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  boolean hasFailed() {
    return failure.get() != null;
  }

  Throwable failure() {
    return failure.get();
  }

  TileCursor cursor() {
    return cursor;
  }

  OrderedFold fold() {
    return fold;
  }

  Sequences in() {
    return in;
  }

  Pooled out() {
    return out;
  }

  MemorySegment contexts() {
    return contexts;
  }
}
