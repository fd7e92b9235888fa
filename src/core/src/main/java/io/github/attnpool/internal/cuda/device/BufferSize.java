package io.github.attnpool.internal.cuda.device;

/** Rounds sizes of buffers up, by a quarter at most, so that buffers seldom have to grow. */
final class BufferSize {
  private static final long LEAST = 1 << 16;

  private BufferSize() {}

  /** Returns the next size that holds so many bytes. */
  static long of(long bytes) {
    long step = Math.max(LEAST, Long.highestOneBit(bytes) / 4);
    return (bytes + step - 1) / step * step;
  }
}
