package io.github.attnpool.internal.io;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.PartsWriter;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.format.TensorFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What both writers do where the name is taken by something else than a regular file. */
class TargetFileTest {
  private static final float[] VALUES = {1, 2};

  @TempDir private Path folder;

  private enum Writer {
    WHOLE {
      @Override
      void write(Path file) {
        SafetensorsWriter.write(file, List.of(Tensor.of("x", VALUES, 2)), Map.of());
      }
    },
    PARTS {
      @Override
      void write(Path file) {
        try (PartsWriter writer = PartsWriter.create(file, Map.of("x", new long[] {2}), Map.of())) {
          writer.write("x", 0, Arena.ofAuto().allocateFrom(JAVA_FLOAT, VALUES));
          writer.finish();
        }
      }
    };

    abstract void write(Path file);
  }

  @ParameterizedTest
  @EnumSource
  void aDirectoryIsRefused(Writer writer) throws IOException {
    Path directory = Files.createDirectory(folder.resolve("directory"));
    assertRefused(writer, directory, "is a directory");
    Path link = Files.createSymbolicLink(folder.resolve("link"), directory);
    assertRefused(writer, link, "is a directory");
    assertEquals(List.of("directory", "link"), names());
  }

  /** Only checked: a writer that did not refuse would, run by root, take the device away. */
  @Test
  void aDeviceIsRefused() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> TargetFile.of(device));
    assertEquals("write /dev/null: is not a regular file", e.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void aNamedPipeIsRefused(Writer writer) throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe");
    Process process = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeTrue(process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0);
    assertRefused(writer, pipe, "is not a regular file");
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);
    assertRefused(writer, link, "is not a regular file");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(List.of("link", "pipe"), names());
  }

  @ParameterizedTest
  @EnumSource
  void aLinkStaysAndLeadsToTheResult(Writer writer) throws IOException {
    Path real = Files.createDirectory(folder.resolve("below")).resolve("real");
    Files.writeString(real, "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("below", "real"));
    writer.write(link);
    assertTrue(Files.isSymbolicLink(link));
    try (TensorFile file = TensorFile.open(real)) {
      assertArrayEquals(VALUES, file.floats("x"));
    }
    assertEquals(List.of("below", "link"), names());
  }

  @ParameterizedTest
  @EnumSource
  void aLinkThatLeadsNowhereIsRefused(Writer writer) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("absent"));
    assertRefused(writer, link, "is a link that leads nowhere");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(List.of("link"), names());
  }

  private static void assertRefused(Writer writer, Path file, String problem) {
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> writer.write(file));
    assertEquals("write " + file + ": " + problem, e.getMessage());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
