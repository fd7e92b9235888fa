package io.github.attnpool.internal.lifetime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What is to be released together: native objects, memory, anything that is closed. Closing
 * releases all of it, the last taken first, even if one release fails; closing twice does nothing.
 * Not thread-safe.
 */
public final class Releases implements AutoCloseable {
  private final Deque<Runnable> releases = new ArrayDeque<>();

  /** Starts with nothing to release. */
  public Releases() {}

  /** Takes over a native object, and returns it. */
  public MemorySegment own(MemorySegment handle, Consumer<MemorySegment> destroy) {
    releases.push(() -> destroy.accept(handle));
    return handle;
  }

  /** Takes over something else that is to be released. */
  public void own(Runnable release) {
    releases.push(release);
  }

  /** Releases everything; failures after the first one are added to that one. */
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
