package io.github.attnpool.internal.natives;

import io.github.attnpool.AttnPoolException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Runs work in a thread with a stack that is large enough, whatever the caller has left of its own:
 * little under {@code -Xss}, in a deep recursion, or in threads that are made with small stacks.
 *
 * <p>Loading oneDNN takes 521 KiB of stack, and native code that runs out of stack ends the JVM.
 * What else is called there takes at most 15 KiB, and Java keeps more than that free for each
 * native call. But where Java code runs out of stack while it initialises a class, that class is
 * useless from then on; so layers are built in such a thread too.
 */
public final class OwnStack {
  private static final long BYTES = 4 << 20;

  private OwnStack() {}

  /** A thread of this kind, in which work need not ask for another one. */
  private static final class Roomy extends Thread {
    Roomy(Runnable work) {
      super(null, work, "attnpool-build", BYTES, false);
      setDaemon(true);
    }
  }

  /**
   * Runs work and waits for it, even if the calling thread is interrupted.
   *
   * @param operation for the exception
   * @return what the work returns
   * @throws AttnPoolException if no thread can be started
   */
  public static <T> T call(String operation, Supplier<T> work) {
    if (Thread.currentThread() instanceof Roomy) {
      return work.get();
    }
    return result(start(operation, work));
  }

  /**
   * Starts work without waiting for it.
   *
   * @param operation for the exception
   * @return what {@link #result} waits for
   * @throws AttnPoolException if no thread can be started
   */
  static <T> FutureTask<T> start(String operation, Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    try {
      new Roomy(task).start();
    } catch (OutOfMemoryError e) {
      throw new AttnPoolException(operation, "no thread can be started: " + e.getMessage(), e);
    }
    return task;
  }

  /** Waits for work, and returns or throws what it does. */
  static <T> T result(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      Throwable thrown = withCaller(Objects.requireNonNull(e.getCause()));
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown; // suppliers throw nothing else
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Adds the stack of who waits, who called whom, to the one of the thread. */
  private static Throwable withCaller(Throwable thrown) {
    StackTraceElement[] here = new Throwable().getStackTrace();
    thrown.setStackTrace(
        Stream.concat(Stream.of(thrown.getStackTrace()), Stream.of(here).skip(2))
            .toArray(StackTraceElement[]::new));
    return thrown;
  }
}
