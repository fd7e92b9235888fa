package io.github.attnpool.internal.cuda.device;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.nvidia.MemoryApi;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that one layer holds on its device: handed out, accounted and taken back here. */
public final class DeviceMemory {
  private static final long MIB = 1 << 20;

  private final AtomicLong held = new AtomicLong();

  /**
   * Allocates memory of the current device; {@link #free} releases it.
   *
   * @param what it is for, for the message
   * @throws AttnPoolException if there is not enough
   */
  public long allocate(long bytes, String what) {
    long address = MemoryApi.mallocOrZero(bytes);
    if (address == 0) {
      MemoryApi.Room room = MemoryApi.room();
      throw new AttnPoolException(
          "allocate device memory",
          String.format(
              Locale.ROOT,
              "there is no room for the %d MiB of %s: %d MiB of %d are free, this layer holds %d",
              up(bytes),
              what,
              room.free() / MIB,
              room.total() / MIB,
              up(held.get())));
    }
    held.addAndGet(bytes);
    return address;
  }

  /** Frees memory. */
  public void free(long address, long bytes) {
    held.addAndGet(-bytes);
    MemoryApi.free(address);
  }

  /** Returns the bytes held. */
  public long held() {
    return held.get();
  }

  private static long up(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
