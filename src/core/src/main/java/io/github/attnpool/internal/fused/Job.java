package io.github.attnpool.internal.fused;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call that several threads may work on. Reused from call to call: helpers may join only while
 * {@link #run} lets them.
 */
final class Job {
  private static final AtomicIntegerFieldUpdater<Job> HELPERS =
      AtomicIntegerFieldUpdater.newUpdater(Job.class, "helpers");

  private final TileCursor cursor;
  private final OrderedFold fold;

  @SuppressWarnings("NullAway.Init") // set by start
  private TileTask task;

  private volatile boolean open;
  private volatile int helpers; // inside, or looking whether it is open
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

  /**
   * Works on this job together with helpers. Returns, or throws, only when no helper is inside any
   * more and none can join: they work by address on memory that the caller may then free.
   *
   * <p>To hold for whatever is thrown, even for a lack of stack, the end of this method is a read
   * of a field in a loop, which needs neither stack nor memory.
   *
   * @param worker the caller's
   * @param wanted most helpers to wake
   */
  void run(TileWorker worker, WorkerPool pool, int wanted) {
    try {
      open = true;
      pool.wake(wanted);
      worker.run(this);
    } catch (Throwable e) {
      fail(e);
    } finally {
      open = false;
      Throwable late = null; // such as an access to a cut file, which may be reported later
      for (int round = 0; ; round++) {
        try {
          if (helpers == 0) {
            break;
          }
          MidCallWait.pause(round);
        } catch (Throwable e) {
          late = e;
        }
      }
      if (late != null) {
        fail(late);
      }
    }
  }

  /** Joins as a helper, if helpers are let in; then one leave is due. */
  boolean join() {
    if (!open) {
      return false;
    }
    HELPERS.getAndIncrement(this);
    if (open) {
      return true;
    }
    leave(); // closed meanwhile
    return false;
  }

  void leave() {
    HELPERS.getAndDecrement(this);
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
