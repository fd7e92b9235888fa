package io.github.attnpool.internal.cuda.nvidia;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Releases several things together. Closing releases all of them, the last one first, even if a
 * release fails; closing twice does nothing. Not thread-safe.
 */
public final class Releases implements AutoCloseable {
  private final Deque<Runnable> releases = new ArrayDeque<>();

  /** Takes over a release. */
  public void own(Runnable release) {
    releases.push(release);
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!releases.isEmpty()) {
      try {
        releases.pop().run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes after a failure, to which a failure of closing is added. */
  public void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
