package io.github.attnpool.internal.cuda.device;

import io.github.attnpool.internal.cuda.nvidia.MemoryApi;
import java.lang.foreign.MemorySegment;

/**
 * Page-locked host memory that grows when needed, which loses its contents. Used by one thread at a
 * time, and only while no copy that was put on a stream uses it.
 */
public final class PinnedBuffer implements AutoCloseable {
  private final Runnable beforeFreed;
  private MemorySegment memory = MemorySegment.NULL;

  /**
   * @param beforeFreed called before an address is given up
   */
  public PinnedBuffer(Runnable beforeFreed) {
    this.beforeFreed = beforeFreed;
  }

  /** Makes it at least so large; returns the memory. */
  public MemorySegment reserve(long wanted) {
    if (wanted > memory.byteSize()) {
      close();
      memory = MemoryApi.hostAlloc(BufferSize.of(wanted));
    }
    return memory;
  }

  @Override
  public void close() {
    MemorySegment old = memory;
    memory = MemorySegment.NULL;
    if (old.byteSize() > 0) {
      try {
        beforeFreed.run();
      } finally {
        MemoryApi.freeHost(old);
      }
    }
  }
}
