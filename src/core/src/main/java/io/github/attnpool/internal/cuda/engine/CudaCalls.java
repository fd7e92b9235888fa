package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.nvidia.Releases;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * A bounded set of slots for concurrent calls, made as they are needed and kept until close. Calls
 * beyond the bound wait.
 */
final class CudaCalls implements AutoCloseable {
  private final Semaphore free;
  private final AtomicReferenceArray<CudaCall> idle;
  private final Supplier<CudaCall> make;

  CudaCalls(int bound, Supplier<CudaCall> make) {
    this.free = new Semaphore(bound);
    this.idle = new AtomicReferenceArray<>(bound);
    this.make = make;
  }

  /** Waits for the right to have a slot: to be called before the device is made current. */
  void enter() {
    free.acquireUninterruptibly();
  }

  /** Gives the right back. */
  void leave() {
    free.release();
  }

  /** A slot, an idle one if there is any. */
  CudaCall take() {
    for (int i = 0; i < idle.length(); i++) {
      CudaCall slot = idle.getAndSet(i, null);
      if (slot != null) {
        return slot;
      }
    }
    return make.get();
  }

  void give(CudaCall slot) {
    for (int i = 0; ; i = (i + 1) % idle.length()) {
      if (idle.compareAndSet(i, null, slot)) {
        return;
      }
    }
  }

  /** Frees the slots; none may be taken. */
  @Override
  public void close() {
    try (Releases releases = new Releases()) {
      for (int i = 0; i < idle.length(); i++) {
        CudaCall slot = idle.getAndSet(i, null);
        if (slot != null) {
          releases.own(slot::close);
        }
      }
    }
  }
}
