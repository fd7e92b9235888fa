package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is there whole or not at all, whatever goes wrong. */
class SafetensorsWriterTest {
  private static final Tensor GOOD = Tensor.of("x", new float[] {1, 2}, 2);

  @TempDir Path folder;

  @Test
  void replacesAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "old");
    SafetensorsWriter.write(file, List.of(GOOD), Map.of());
    try (TensorFile read = TensorFile.open(file)) {
      assertEquals(Set.of("x"), read.tensors().keySet());
    }
    assertEquals(List.of("out"), names());
  }

  @Test
  void readersOfTheOldFileKeepIt() {
    Path file = folder.resolve("out");
    SafetensorsWriter.write(file, List.of(GOOD), Map.of());
    try (TensorFile old = TensorFile.open(file)) {
      SafetensorsWriter.write(file, List.of(Tensor.of("y", new float[0], 0)), Map.of());
      assertEquals(2f, old.floats("x")[1]);
    }
  }

  /** With the second tensor, when the first is already written. */
  @Test
  void memoryThatIsClosedMeanwhile() throws IOException {
    Tensor closed;
    try (Arena arena = Arena.ofConfined()) {
      closed = new Tensor("closed", ElementType.F32, new long[] {2}, arena.allocate(8));
    }
    assertThrows(RuntimeException.class, () -> write(GOOD, closed));
    assertEquals(List.of(), names());
    Files.writeString(folder.resolve("out"), "old");
    assertThrows(RuntimeException.class, () -> write(GOOD, closed));
    assertEquals(List.of("out"), names());
    assertEquals("old", Files.readString(folder.resolve("out")));
  }

  @Test
  void aNameThatIsNoText() throws IOException {
    assertThrows(AttnPoolException.class, () -> write(Tensor.of("\ud800", new float[1], 1)));
    assertEquals(List.of(), names());
  }

  @Test
  void namesThatAreTaken() throws IOException {
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> write(GOOD, GOOD));
    assertTrue(e.getMessage().endsWith("the name 'x' is already taken"), e.getMessage());
    e =
        assertThrows(
            AttnPoolException.class, () -> write(Tensor.of("__metadata__", new float[1], 1)));
    assertTrue(e.getMessage().contains("'__metadata__' is already taken"), e.getMessage());
    assertEquals(List.of(), names());
  }

  @Test
  void targetsThatCannotBeWritten() throws IOException {
    assertFails(folder.resolve("none/out"), "there is no such file");
    assertFails(Files.writeString(folder.resolve("file"), "").resolve("out"), "");
    assertFails(Files.createDirectory(folder.resolve("directory")), "is a directory");
    assertEquals(List.of("directory", "file"), names());
  }

  /** As any file that a program makes, not as private as Java's temporary files. */
  @Test
  void permissionsFollowTheUmask() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "");
    write(GOOD);
    Set<PosixFilePermission> expected = Files.getPosixFilePermissions(plain);
    assertEquals(expected, Files.getPosixFilePermissions(folder.resolve("out")));
  }

  private void write(Tensor... tensors) {
    SafetensorsWriter.write(folder.resolve("out"), List.of(tensors), Map.of());
  }

  private static void assertFails(Path file, String problem) {
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class, () -> SafetensorsWriter.write(file, List.of(GOOD), Map.of()));
    assertTrue(e.getMessage().startsWith("write " + file + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
