package io.github.attnpool.internal.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Files are read and written through byte buffers, which arrays other than byte[] do not have. */
public final class AnyMemory {
  private AnyMemory() {}

  /** Reads or writes memory that has a byte buffer. */
  public interface Transfer {
    /** May fail in the middle. */
    void run(MemorySegment memory) throws IOException;
  }

  /** Fills memory of any kind. */
  public static void fill(MemorySegment target, Transfer reading) throws IOException {
    if (hasBuffer(target)) {
      reading.run(target);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(target.byteSize());
      reading.run(copy);
      target.copyFrom(copy);
    }
  }

  /** Writes memory of any kind. */
  public static void drain(MemorySegment data, Transfer writing) throws IOException {
    if (hasBuffer(data)) {
      writing.run(data);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      writing.run(arena.allocate(data.byteSize()).copyFrom(data));
    }
  }

  private static boolean hasBuffer(MemorySegment memory) {
    return memory.isNative() || memory.heapBase().filter(byte[].class::isInstance).isPresent();
  }
}
