package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.forked.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is cut short while it is mapped gives an exception; the JVM lives on. */
class CutFileTest {
  private static final int VALUES = 200_000;
  private static final String EXPECTED = "50 of 50 noticed, 0.0";

  @TempDir Path folder;

  /** By the interpreter, by both compilers. */
  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=4"})
  void safetensors(String option) {
    Path file = folder.resolve("x.safetensors");
    SafetensorsWriter.write(file, List.of(Tensor.of("x", new float[VALUES], VALUES)), Map.of());
    assertEquals(EXPECTED, run(file, option));
  }

  @Test
  void npy() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }".formatted(VALUES);
    byte[] bytes = NpyBytes.of(1, header, VALUES * Float.BYTES);
    bytes[10 + header.length()] = 0; // the first value is 0 too
    bytes[11 + header.length()] = 0;
    bytes[12 + header.length()] = 0;
    bytes[13 + header.length()] = 0;
    Path file = Files.write(folder.resolve("x.npy"), bytes);
    assertEquals(EXPECTED, run(file, "-XX:TieredStopAtLevel=1"));
  }

  private static String run(Path file, String option) {
    return new ForkedJvm(ReadWhileCut.class).option(option).arguments(file).run().good();
  }
}
