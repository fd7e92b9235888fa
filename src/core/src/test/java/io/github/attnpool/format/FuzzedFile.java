package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Reads any bytes as a file of tensors. Nothing but AttnPoolException may come of it, with a
 * message of one short line, and no more memory may be allocated than the file's size and a
 * constant explain.
 */
final class FuzzedFile {
  /** What any file may take: buffers, a deep stack trace; and, while Jazzer fuzzes, its hooks. */
  private static final long CONSTANT = System.getenv("JAZZER_FUZZ") == null ? 1L << 20 : 16L << 20;

  /** For each byte of the file: a value of one byte becomes an object. */
  private static final int FACTOR = 100;

  private static final int MAX_MESSAGE = 3000;

  /** Tensors that are read whole; what is larger is repeated values. */
  private static final long MAX_READ = 1 << 20;

  private static final int MAX_SEED = 4096; // bytes
  private static final int MOST_TENSORS = 12; // that are read of one file

  private static final LongSupplier ALLOCATED_BYTES = allocatedBytes();
  private static final String NAME = "fuzzed";

  private FuzzedFile() {}

  /** By reflection: the module under test, which holds this class, does not need management. */
  private static LongSupplier allocatedBytes() {
    try {
      Object threads =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      Method allocated =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes");
      return () -> {
        try {
          return (long) allocated.invoke(threads);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      };
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads everything in it. */
  static void read(byte[] bytes) {
    long allowed = CONSTANT + (long) FACTOR * bytes.length;
    long allocated = allocated(bytes);
    for (int again = 0; allocated > allowed && again < 3; again++) {
      allocated = Math.min(allocated, allocated(bytes)); // it was perhaps for loading classes
    }
    long least = allocated;
    assertTrue(least <= allowed, () -> least + " bytes for a file of " + bytes.length);
  }

  /** Returns how many bytes it takes to read the file. */
  private static long allocated(byte[] bytes) {
    long before = ALLOCATED_BYTES.getAsLong();
    try (TensorFile file = TensorFile.open(MemorySegment.ofArray(bytes), NAME)) {
      file.tensors().values().stream().limit(MOST_TENSORS).forEach(tensor -> readAll(file, tensor));
    } catch (AttnPoolException e) {
      check(e);
    }
    return ALLOCATED_BYTES.getAsLong() - before;
  }

  private static void readAll(TensorFile file, TensorInfo tensor) {
    if (tensor.byteSize() > MAX_READ) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      file.load(tensor.name(), arena);
      if (tensor.elements() > 0) {
        file.read(tensor.name(), tensor.elements() - 1, arena.allocate(tensor.type().bytes()));
      }
    } catch (AttnPoolException e) {
      check(e);
    }
  }

  private static void check(AttnPoolException e) {
    String message = e.getMessage();
    assertTrue(message.length() < MAX_MESSAGE, message);
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.startsWith("read " + NAME), message);
  }

  /** Small sound files of these extensions, as PyTorch and NumPy wrote them. */
  static Stream<Arguments> seeds(String... extensions) {
    try (Stream<Path> files = Files.walk(PythonTensorsTest.folder())) {
      return files
          .filter(file -> Arrays.stream(extensions).anyMatch(file.toString()::endsWith))
          .sorted()
          .map(FuzzedFile::bytes)
          .filter(bytes -> bytes.length <= MAX_SEED)
          .map(Arguments::of)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
