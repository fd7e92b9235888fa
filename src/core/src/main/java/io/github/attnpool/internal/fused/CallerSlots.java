package io.github.attnpool.internal.fused;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A bounded set of slots for concurrent forward calls, made as they are needed and kept until
 * close. Taking one takes no lock and, once it is made, allocates nothing; callers beyond the bound
 * wait.
 */
final class CallerSlots implements AutoCloseable {
  private static final long WAIT_NANOS = 50_000;

  private final AtomicReferenceArray<CallerSlot> idle;
  private final AtomicInteger made = new AtomicInteger();
  private final Supplier<CallerSlot> make;

  CallerSlots(int bound, Supplier<CallerSlot> make) {
    this.idle = new AtomicReferenceArray<>(bound);
    this.make = make;
  }

  CallerSlot take() {
    while (true) {
      for (int i = 0; i < idle.length(); i++) {
        if (idle.getPlain(i) != null) {
          CallerSlot slot = idle.getAndSet(i, null);
          if (slot != null) {
            return slot;
          }
        }
      }
      if (made.get() < idle.length() && made.getAndIncrement() < idle.length()) {
        return makeOne();
      }
      LockSupport.parkNanos(WAIT_NANOS);
    }
  }

  private CallerSlot makeOne() {
    try {
      return make.get();
    } catch (RuntimeException | Error e) {
      made.getAndDecrement();
      throw e;
    }
  }

  void give(CallerSlot slot) {
    for (int i = 0; ; i = (i + 1) % idle.length()) {
      if (idle.compareAndSet(i, null, slot)) {
        return;
      }
    }
  }

  /** Frees the slots; none may be taken. */
  @Override
  public void close() {
    for (int i = 0; i < idle.length(); i++) {
      CallerSlot slot = idle.getAndSet(i, null);
      if (slot != null) {
        slot.close();
      }
    }
  }
}
