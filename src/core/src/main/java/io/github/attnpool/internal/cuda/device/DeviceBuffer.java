package io.github.attnpool.internal.cuda.device;

/**
 * Scratch memory on the device that grows when needed, which loses its contents. Used by one thread
 * at a time, and only while nothing that was put on a stream uses it.
 */
public final class DeviceBuffer implements AutoCloseable {
  private final DeviceMemory memory;
  private final String what;
  private final Runnable beforeFreed;
  private long address;
  private long bytes;

  /**
   * @param what it is for, in a report that there is too little memory
   * @param beforeFreed called before an address is given up
   */
  public DeviceBuffer(DeviceMemory memory, String what, Runnable beforeFreed) {
    this.memory = memory;
    this.what = what;
    this.beforeFreed = beforeFreed;
  }

  /** Makes it at least so large; returns the address. */
  public long reserve(long wanted) {
    if (wanted > bytes) {
      close();
      long size = BufferSize.of(wanted);
      address = memory.allocate(size, what);
      bytes = size;
    }
    return address;
  }

  @Override
  public void close() {
    long old = address;
    long size = bytes;
    address = 0;
    bytes = 0;
    if (old != 0) {
      try {
        beforeFreed.run();
      } finally {
        memory.free(old, size);
      }
    }
  }
}
