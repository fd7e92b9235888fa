package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorFileTest {
  private static final String NPY = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }";

  @TempDir private Path folder;

  @Test
  void readsPartsOfEveryTensor() {
    byte[] bytes = {7, 8, 9};
    Path path =
        write(
            new Tensor("b", ElementType.U8, new long[] {3}, MemorySegment.ofArray(bytes)),
            Tensor.of("none", new float[0], 0, 4),
            Tensor.of("x", new float[] {1, 2, 3, 4}, 2, 2));
    try (TensorFile file = TensorFile.open(path);
        Arena arena = Arena.ofConfined()) {
      assertEquals(List.of("b", "none", "x"), List.copyOf(file.tensors().keySet()));
      assertEquals("F32 [2, 2]", file.tensor("x").describe());
      MemorySegment floats = arena.allocate(JAVA_FLOAT, 3);
      file.read("x", 1, floats);
      assertArrayEquals(new float[] {2, 3, 4}, floats.toArray(JAVA_FLOAT));
      MemorySegment two = arena.allocate(2);
      file.read("b", 1, two);
      assertArrayEquals(new byte[] {8, 9}, two.toArray(JAVA_BYTE));
      file.read("none", 0, arena.allocate(0));
    }
  }

  @Test
  void readsNpy() throws IOException {
    Path path = Files.write(folder.resolve("x.npy"), NpyBytes.of(1, NPY, 6));
    try (TensorFile file = TensorFile.open(path);
        Arena arena = Arena.ofConfined()) {
      MemorySegment part = arena.allocate(3);
      file.read("x", 2, part);
      assertArrayEquals(new byte[] {2, 3, 4}, part.toArray(JAVA_BYTE));
    }
  }

  @Test
  void refusesWhatATensorDoesNotHave() {
    try (TensorFile file = TensorFile.open(write(Tensor.of("x", new float[4], 4)));
        Arena arena = Arena.ofConfined()) {
      MemorySegment two = arena.allocate(JAVA_FLOAT, 2);
      assertProblem("from element 3 on in tensor 'x'", () -> file.read("x", 3, two));
      assertProblem("from element -1 on", () -> file.read("x", -1, two));
      assertProblem("from element 5 on", () -> file.read("x", 5, arena.allocate(0)));
      assertProblem("there is no tensor 'y', found x", () -> file.read("y", 0, two));
    }
  }

  /** Whose bytes, counted in 64 bits, would begin within the tensor again, or below 0. */
  @ParameterizedTest
  @ValueSource(longs = {1L << 62, (1L << 62) + 1, 1L << 61, Long.MAX_VALUE, Long.MIN_VALUE})
  void refusesElementsBeyondAllBytes(long element) {
    try (TensorFile file = TensorFile.open(write(Tensor.of("x", new float[4], 2, 2)));
        Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(JAVA_FLOAT);
      assertProblem(
          "there are no 4 bytes from element " + element + " on in tensor 'x' F32 [2, 2]",
          () -> file.read("x", element, one));
      assertProblem("from element " + element, () -> file.read("x", element, arena.allocate(0)));
    }
  }

  @Test
  void saysThatAFileIsCut() throws IOException {
    Path path = write(Tensor.of("x", new float[1000], 1000));
    try (TensorFile file = TensorFile.open(path);
        Arena arena = Arena.ofConfined();
        RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
      MemorySegment all = arena.allocate(JAVA_FLOAT, 1000);
      file.read("x", 0, all);
      cut.setLength(cut.length() - 4);
      assertProblem("was cut short while it was read", () -> file.read("x", 0, all));
      file.read("x", 0, all.asSlice(0, 3996));
    }
    byte[] bytes = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(bytes, bytes.length - 4));
    assertProblem("was it cut short?", () -> TensorFile.open(path));
  }

  @Test
  void refusesWhatIsNoFile() {
    assertProblem("there is no such file", () -> TensorFile.open(folder.resolve("absent")));
    assertProblem("there is no such file", () -> TensorFile.open(folder.resolve("absent.npy")));
    assertProblem("is a directory", () -> TensorFile.open(folder));
  }

  private Path write(Tensor... tensors) {
    Path path = folder.resolve("test.safetensors");
    SafetensorsWriter.write(path, List.of(tensors), Map.of());
    return path;
  }

  private static void assertProblem(String problem, Runnable call) {
    AttnPoolException e = assertThrows(AttnPoolException.class, call::run);
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }
}
