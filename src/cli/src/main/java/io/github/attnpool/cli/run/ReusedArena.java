package io.github.attnpool.cli.run;

import io.github.attnpool.AttnPoolException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory of a fixed size, given out anew for every chunk: making and freeing it each time would
 * cost more than pooling a small chunk. It belongs to another arena, which closes it.
 */
final class ReusedArena implements Arena {
  private static final long ALIGNMENT = 64;

  private final MemorySegment memory;
  private long used;

  ReusedArena(long bytes, Arena owner) {
    memory = owner.allocate(bytes, ALIGNMENT);
  }

  /** Bytes that one allocation may take beyond its size. */
  static long slack() {
    return ALIGNMENT;
  }

  /** Takes everything back that has been given out. */
  void clear() {
    used = 0;
  }

  @Override
  public MemorySegment allocate(long bytes, long alignment) {
    long from = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (alignment > ALIGNMENT || bytes > memory.byteSize() - from) {
      throw new AttnPoolException(
          "chunk",
          "%d bytes are wanted of the %d left of %d"
              .formatted(bytes, memory.byteSize() - from, memory.byteSize()));
    }
    used = from + bytes;
    return memory.asSlice(from, bytes);
  }

  @Override
  public MemorySegment.Scope scope() {
    return memory.scope();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("the memory belongs to another arena");
  }
}
