package io.github.attnpool.internal.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Bytes that are read from any place. Safe to use from any thread. */
public interface ByteSource {
  /** Returns how many there are. */
  long size();

  /**
   * Fills the target.
   *
   * @param offset of the first byte; from there on there must be as many as the target holds
   * @param target native memory, or over a byte array
   */
  void read(long offset, MemorySegment target) throws IOException;

  /** Returns all of them in memory of the arena, mapped where that can be. */
  MemorySegment whole(Arena arena) throws IOException;

  /** Returns where they lie in a file, if they do so as they are. */
  default Optional<FileRegion> region() {
    return Optional.empty();
  }

  /** Returns a stretch of them, which must lie within. */
  default ByteSource part(long offset, long bytes) {
    return SourcePart.of(this, offset, bytes);
  }

  /** Returns some of them on the heap. */
  default byte[] bytes(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    read(offset, MemorySegment.ofArray(bytes));
    return bytes;
  }
}
