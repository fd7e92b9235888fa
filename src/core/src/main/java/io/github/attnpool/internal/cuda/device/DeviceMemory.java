package io.github.attnpool.internal.cuda.device;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.nvidia.CudaRuntime;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that one layer holds on its device: handed out, accounted and taken back here. */
public final class DeviceMemory {
  private static final long MIB = 1 << 20;

  private final AtomicLong held = new AtomicLong();

  /**
   * Memory of the current device; {@link #free}.
   *
   * @param what it is for, for the message
   * @throws AttnPoolException if there is not enough
   */
  public long allocate(long bytes, String what) {
    long address = CudaRuntime.mallocOrZero(bytes);
    if (address == 0) {
      long[] memory = CudaRuntime.memory();
      throw new AttnPoolException(
          "allocate device memory",
          "there is no room for the %d MiB of %s: %d MiB of %d are free, this layer holds %d"
              .formatted(up(bytes), what, memory[0] / MIB, memory[1] / MIB, up(held.get())));
    }
    held.addAndGet(bytes);
    return address;
  }

  /** Takes memory back. */
  public void free(long address, long bytes) {
    held.addAndGet(-bytes);
    CudaRuntime.free(address);
  }

  /** Bytes held. */
  public long held() {
    return held.get();
  }

  private static long up(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
