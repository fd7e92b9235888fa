package io.github.attnpool.internal.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Bytes in an array, which is not copied. */
public final class HeapBytes implements ByteSource {
  private final MemorySegment bytes;

  /** Makes a source of an array. */
  public HeapBytes(byte[] bytes) {
    this.bytes = MemorySegment.ofArray(bytes);
  }

  @Override
  public long size() {
    return bytes.byteSize();
  }

  @Override
  public void read(long offset, MemorySegment target) {
    MemorySegment.copy(bytes, offset, target, 0, target.byteSize());
  }

  @Override
  public MemorySegment whole(Arena arena) {
    return bytes;
  }
}
