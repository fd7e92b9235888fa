package io.github.attnpool.internal.fused;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded set of slots for concurrent forward calls, made as they are needed and kept until
 * close. Taking one takes no lock and, once it is made, allocates nothing; callers beyond the bound
 * wait.
 */
final class CallerSlots implements AutoCloseable {
  private static final long WAIT_NANOS = 50_000;

  private final AtomicReferenceArray<@Nullable CallerSlot> idle;
  private final AtomicInteger made = new AtomicInteger();
  private final Supplier<CallerSlot> make;

  CallerSlots(int bound, Supplier<CallerSlot> make) {
    this.idle = new AtomicReferenceArray<>(bound);
    this.make = make;
  }

  CallerSlot take() {
    boolean interrupted = false;
    try {
      while (true) {
        CallerSlot slot = takeIdle();
        if (slot == null && mayMakeOne()) {
          slot = makeOne();
        }
        if (slot != null) {
          return slot;
        }
        LockSupport.parkNanos(WAIT_NANOS);
        interrupted |= Thread.interrupted(); // or parking would return at once
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Null if there is none. */
  private @Nullable CallerSlot takeIdle() {
    for (int i = 0; i < idle.length(); i++) {
      if (idle.getPlain(i) != null) {
        CallerSlot slot = idle.getAndSet(i, null);
        if (slot != null) {
          return slot;
        }
      }
    }
    return null;
  }

  private boolean mayMakeOne() {
    int now = made.get();
    return now < idle.length() && made.compareAndSet(now, now + 1);
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
