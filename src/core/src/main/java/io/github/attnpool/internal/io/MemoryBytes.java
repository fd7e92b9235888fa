package io.github.attnpool.internal.io;

import io.github.attnpool.AttnPoolException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Bytes in memory, which are not copied.
 *
 * @param operation what exceptions begin with
 * @param bytes owned by others
 * @param size of them: segments are equal that begin at the same place, whatever their sizes
 */
public record MemoryBytes(String operation, MemorySegment bytes, long size) implements ByteSource {
  /** Makes a source of memory. */
  public MemoryBytes(String operation, MemorySegment bytes) {
    this(operation, bytes, bytes.byteSize());
  }

  /** Makes a source of an array. */
  public static MemoryBytes of(byte[] array) {
    return new MemoryBytes("read bytes", MemorySegment.ofArray(array));
  }

  @Override
  public MemoryBytes part(long offset, long length) {
    return new MemoryBytes(operation, bytes.asSlice(offset, length));
  }

  @Override
  public void read(long offset, MemorySegment target) {
    checkReadable();
    try {
      MemorySegment.copy(bytes, offset, target, 0, target.byteSize());
    } catch (InternalError e) {
      throw MappedFile.cut(operation, e);
    }
  }

  @Override
  public MemorySegment whole(Arena arena) {
    checkReadable();
    return bytes;
  }

  private void checkReadable() {
    if (!bytes.scope().isAlive()) {
      throw new AttnPoolException(operation, "its memory is closed");
    }
    if (!bytes.isAccessibleBy(Thread.currentThread())) {
      throw new AttnPoolException(operation, "its memory belongs to another thread");
    }
  }
}
