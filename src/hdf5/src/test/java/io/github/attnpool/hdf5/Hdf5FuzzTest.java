package io.github.attnpool.hdf5;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** HDF5 files, and zip archives around them. */
class Hdf5FuzzTest {
  private static final int MAX_SEED = 16_384; // bytes

  static Stream<Arguments> seeds() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/files"))) {
      return files
          .filter(file -> file.toFile().length() <= MAX_SEED)
          .sorted()
          .map(Hdf5FuzzTest::bytes)
          .map(Arguments::of)
          .toList()
          .stream();
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @MethodSource("seeds")
  @FuzzTest
  void reads(byte[] bytes) throws ReflectiveOperationException {
    AnyBytes.read(bytes);
  }
}
