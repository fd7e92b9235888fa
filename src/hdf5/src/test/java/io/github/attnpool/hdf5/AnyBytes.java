package io.github.attnpool.hdf5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads a file of any bytes. Nothing but AttnPoolException may come of it, with a message of one
 * line, and no more heap may be taken than the file's size and a constant explain.
 */
final class AnyBytes {
  private static final long MAX_PART = 1 << 20; // elements that are read at once

  /** What any file may take: jHDF's objects and buffers; and, while Jazzer fuzzes, its hooks. */
  private static final long CONSTANT = System.getenv("JAZZER_FUZZ") == null ? 2L << 20 : 16L << 20;

  private static final long FACTOR = 2000; // a byte may be a chunk's part that deflate repeats

  private AnyBytes() {}

  /** Returns how many tensors could be read. */
  static int read(byte[] bytes) throws ReflectiveOperationException {
    long allowed = CONSTANT + FACTOR * bytes.length;
    long least = Long.MAX_VALUE;
    int read = 0;
    for (int again = 0; least > allowed && again < 4; again++) { // it may be for loading classes
      long before = allocatedBytes();
      read = readAll(bytes);
      least = Math.min(least, allocatedBytes() - before);
    }
    long allocated = least;
    assertTrue(allocated <= allowed, () -> allocated + " bytes for a file of " + bytes.length);
    return read;
  }

  private static int readAll(byte[] bytes) {
    int read = 0;
    try (TensorFile file = TensorFile.open(MemorySegment.ofArray(bytes), "fuzzed");
        Arena arena = Arena.ofConfined()) {
      for (TensorInfo tensor : file.tensors().values()) {
        long elements = Math.min(MAX_PART, tensor.elements());
        MemorySegment part = arena.allocate(elements * tensor.type().bytes());
        try {
          file.read(tensor.name(), 0, part);
          file.read(tensor.name(), tensor.elements() - elements, part);
          read++;
        } catch (AttnPoolException e) {
          check(e);
        }
      }
    } catch (AttnPoolException e) {
      check(e);
    }
    return read;
  }

  private static void check(AttnPoolException e) {
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().startsWith("read "), e.getMessage());
  }

  /** By reflection: the module under test, which holds this class, does not need management. */
  private static long allocatedBytes() throws ReflectiveOperationException {
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    return (long)
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes")
            .invoke(bean);
  }
}
