package io.github.attnpool.internal.cuda.device;

/** The sizes that buffers have: a quarter too large at most, so that few ever come. */
final class BufferSize {
  private static final long LEAST = 1 << 16;

  private BufferSize() {}

  /** The next size that holds so many bytes. */
  static long of(long bytes) {
    long step = Math.max(LEAST, Long.highestOneBit(bytes) / 4);
    return (bytes + step - 1) / step * step;
  }
}
