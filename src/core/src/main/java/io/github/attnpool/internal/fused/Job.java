package io.github.attnpool.internal.fused;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One call that several threads may work on. Reused from call to call: helpers may join only
 * between {@link #open} and {@link #closeAndWait}.
 */
final class Job {
  private static final int CLOSED = 1 << 30;
  private static final int SPINS = 200;
  private static final long WAIT_NANOS = 20_000;

  private final TileCursor cursor;
  private final OrderedFold fold;

  @SuppressWarnings("NullAway.Init") // set by start
  private TileTask task;

  private final AtomicInteger helpers = new AtomicInteger(CLOSED); // inside, plus CLOSED
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  Job(TileCursor cursor, OrderedFold fold) {
    this.cursor = cursor;
    this.fold = fold;
  }

  /** Starts on a task. */
  void start(TileTask task) {
    this.task = task;
    failure.setPlain(null);
    cursor.start(task.in().kept(), task.in().batch());
    fold.start(task);
  }

  /** Drops what belongs to the caller; no helper may be inside. */
  void clear() {
    task.clear();
    cursor.stop();
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

  /** Ends the job early: the first failure is the one the caller gets. */
  void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  boolean hasFailed() {
    return failure.get() != null;
  }

  /** Throws what ended the job, if anything did. */
  void throwFailure() {
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure.get());
    }
  }

  TileCursor cursor() {
    return cursor;
  }

  OrderedFold fold() {
    return fold;
  }

  TileTask task() {
    return task;
  }
}
