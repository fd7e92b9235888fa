package io.github.attnpool.internal.onednn;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Native objects that belong together. Closing destroys them all, the last made first, even if one
 * of them fails; closing twice does nothing. Not thread-safe.
 */
final class Handles implements AutoCloseable {
  private final Deque<Runnable> destroyers = new ArrayDeque<>();

  /** Takes over an object. */
  MemorySegment own(MemorySegment handle, Consumer<MemorySegment> destroy) {
    destroyers.push(() -> destroy.accept(handle));
    return handle;
  }

  /** Takes over anything else that is to be closed. */
  void own(Runnable close) {
    destroyers.push(close);
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!destroyers.isEmpty()) {
      try {
        destroyers.pop().run();
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
}
