package io.github.attnpool.hdf5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Reads a file of any bytes. Nothing but AttnPoolException may come of it, with a message of one
 * line, and no more heap may be taken than the file's size and a constant explain.
 */
final class AnyBytes {
  private static final long MAX_PART = 1 << 20; // elements that are read at once
  private static final long CONSTANT = 64L << 20;
  private static final long FACTOR = 2000; // a byte may be a chunk's part that deflate repeats

  private AnyBytes() {}

  /** Returns how many tensors could be read. */
  static int read(Path path, long size) throws ReflectiveOperationException {
    long allowed = CONSTANT + FACTOR * size;
    long before = allocatedBytes();
    int read = readAll(path);
    if (allocatedBytes() - before > allowed) { // perhaps for classes that were loaded
      before = allocatedBytes();
      readAll(path);
      long again = allocatedBytes() - before;
      assertTrue(again <= allowed, () -> again + " bytes for a file of " + size);
    }
    return read;
  }

  private static int readAll(Path path) {
    int read = 0;
    try (TensorFile file = TensorFile.open(path);
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
