package io.github.attnpool.internal.fused;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The slots of concurrent calls, made as they are needed and kept until close. There is one for
 * each call: how many run at once is for the layer to limit. Taking one takes no lock and, once it
 * is made, allocates nothing.
 */
final class CallerSlots implements AutoCloseable {
  private final AtomicReferenceArray<@Nullable CallerSlot> idle;
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger inUse = new AtomicInteger(); // with those about to be taken
  private final Supplier<CallerSlot> make;

  /**
   * @param bound most slots; callers beyond it spin
   */
  CallerSlots(int bound, Supplier<CallerSlot> make) {
    this.idle = new AtomicReferenceArray<>(bound);
    this.make = make;
  }

  /** Takes a slot, which is to be given back. */
  CallerSlot take() {
    inUse.getAndIncrement();
    CallerSlot slot = takeIdle();
    while (slot == null) {
      slot = mayMakeOne() ? makeOne() : takeIdle();
    }
    return slot;
  }

  /** Null if there is none, or they are being taken and given back just now. */
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
    return now < Math.min(inUse.get(), idle.length()) && made.compareAndSet(now, now + 1);
  }

  private CallerSlot makeOne() {
    try {
      return make.get();
    } catch (Throwable e) {
      made.getAndDecrement();
      inUse.getAndDecrement();
      throw e;
    }
  }

  /** Returns how many calls have a slot. */
  int inUse() {
    return inUse.get();
  }

  void give(CallerSlot slot) {
    int place = 0;
    while (!idle.compareAndSet(place, null, slot)) {
      place = (place + 1) % idle.length();
    }
    inUse.getAndDecrement();
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
