package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartsWriterTest {
  @TempDir private Path folder;
  private Path target;
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  @BeforeEach
  void prepare() {
    target = folder.resolve("out");
    shapes.put("context", new long[] {2, 2});
    shapes.put("none", new long[] {0, 3});
    shapes.put("weights", new long[] {5});
  }

  @Test
  void writesInAnyOrderAndReadsBack() throws IOException {
    try (Arena arena = Arena.ofConfined();
        PartsWriter writer = PartsWriter.create(target, shapes, Map.of("key", "value"))) {
      writer.write("weights", 3, arena.allocateFrom(JAVA_FLOAT, 4, 5));
      writer.write("context", 0, arena.allocateFrom(JAVA_FLOAT, 1, 2, 3, 4));
      writer.write("none", 0, arena.allocate(0));
      MemorySegment back = arena.allocate(JAVA_FLOAT, 2);
      writer.read("weights", 2, back);
      assertArrayEquals(new float[] {0, 4}, back.toArray(JAVA_FLOAT));
      assertEquals(1, names().size());
      writer.finish();
      assertEquals(List.of("out"), names());
      writer.read("context", 2, back);
      assertArrayEquals(new float[] {3, 4}, back.toArray(JAVA_FLOAT));
    }
    try (TensorFile file = TensorFile.open(target)) {
      assertEquals(List.copyOf(shapes.keySet()), List.copyOf(file.tensors().keySet()));
      assertEquals(Map.of("key", "value"), file.metadata());
      assertArrayEquals(new float[] {1, 2, 3, 4}, file.floats("context"));
      assertArrayEquals(new float[] {0, 0, 0, 4, 5}, file.floats("weights"));
    }
  }

  @Test
  void leavesNothingUnlessFinished() throws IOException {
    Files.writeString(target, "old");
    PartsWriter writer = PartsWriter.create(target, shapes, Map.of());
    assertEquals(2, names().size());
    writer.close();
    writer.close();
    assertEquals(List.of("out"), names());
    assertEquals("old", Files.readString(target));
  }

  @Test
  void deletesWhenTheFileCannotBeNamed() throws IOException {
    try (PartsWriter writer = PartsWriter.create(target, shapes, Map.of())) {
      Files.createDirectories(target.resolve("below"));
      assertProblem("write " + target + ": ", writer::finish);
    }
    assertEquals(List.of("out"), names());
  }

  @Test
  void refusesPlacesThatAreNotThere() {
    try (Arena arena = Arena.ofConfined();
        PartsWriter writer = PartsWriter.create(target, shapes, Map.of())) {
      MemorySegment two = arena.allocate(JAVA_FLOAT, 2);
      assertProblem("from element 4 on", () -> writer.write("weights", 4, two));
      assertProblem("from element -1 on", () -> writer.read("weights", -1, two));
      assertProblem("in tensor 'scores'", () -> writer.write("scores", 0, two));
    }
  }

  /** Whose bytes, counted in 64 bits, would begin within the tensor again, or below 0. */
  @ParameterizedTest
  @ValueSource(longs = {1L << 62, (1L << 62) + 1, 1L << 61, Long.MAX_VALUE, Long.MIN_VALUE})
  void refusesElementsBeyondAllBytes(long element) {
    try (Arena arena = Arena.ofConfined();
        PartsWriter writer = PartsWriter.create(target, shapes, Map.of())) {
      MemorySegment one = arena.allocate(JAVA_FLOAT);
      String problem =
          "write %s: there is no place for 4 bytes from element %d on in tensor 'context' F32 [2, 2]"
              .formatted(target, element);
      assertProblem(problem, () -> writer.write("context", element, one));
      assertProblem(problem, () -> writer.read("context", element, one));
    }
  }

  @Test
  void refusesShapesThatNoFileHolds() throws IOException {
    shapes.put("wide", new long[] {1L << 32, 1L << 32});
    assertProblem(
        "tensor wide: shape [4294967296, 4294967296] is too large",
        () -> PartsWriter.create(target, shapes, Map.of()));
    shapes.put("wide", new long[] {1L << 60});
    shapes.put("wider", new long[] {1L << 60});
    assertProblem(
        "tensor wider: F32 [1152921504606846976] is too large for a file after 461168601842738",
        () -> PartsWriter.create(target, shapes, Map.of()));
    assertEquals(List.of(), names());
  }

  @Test
  void refusesAFolderThatIsNotThere() {
    Path nowhere = folder.resolve("no/out");
    assertProblem("there is no such file", () -> PartsWriter.create(nowhere, shapes, Map.of()));
  }

  private static void assertProblem(String problem, Runnable call) {
    AttnPoolException e = assertThrows(AttnPoolException.class, call::run);
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
