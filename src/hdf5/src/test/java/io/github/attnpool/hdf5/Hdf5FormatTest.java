package io.github.attnpool.hdf5;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that h5py wrote: scripts/fixtures/make-hdf5-fixtures.py. */
class Hdf5FormatTest {
  private static final Path FILES = Path.of("src/test/resources/files");

  @TempDir private Path folder;

  private static TensorFile open(String name) {
    return TensorFile.open(FILES.resolve(name));
  }

  /** The value with row-major index i, as the script makes them. */
  private static float real(long i) {
    return i * 31 % 64 / 32f - 1;
  }

  private static void checkReals(TensorFile file, String name, ElementType type, long... shape) {
    TensorInfo tensor = file.tensor(name);
    assertEquals(type, tensor.type(), name);
    assertArrayEquals(shape, tensor.shape(), name);
    float[] values = file.floats(name);
    assertEquals(Arrays.stream(shape).reduce(1, (a, b) -> a * b), values.length, name);
    for (int i = 0; i < values.length; i++) {
      assertEquals(real(i), values[i], name + " " + i);
    }
    checkParts(file, tensor);
  }

  /** Any part is that part of the whole. */
  private static void checkParts(TensorFile file, TensorInfo tensor) {
    try (Arena arena = Arena.ofConfined()) {
      byte[] whole = file.load(tensor.name(), arena).data().toArray(JAVA_BYTE);
      int bytes = tensor.type().bytes();
      for (int count : new int[] {1, 5, 13}) {
        for (int from = 0; from + count <= tensor.elements(); from += 7) {
          MemorySegment part = arena.allocate((long) count * bytes);
          file.read(tensor.name(), from, part);
          assertArrayEquals(
              Arrays.copyOfRange(whole, from * bytes, (from + count) * bytes),
              part.toArray(JAVA_BYTE),
              tensor.name() + " from " + from);
        }
      }
    }
  }

  private static void checkIntegers(TensorFile file, String name, ElementType type, long... shape) {
    TensorInfo tensor = file.tensor(name);
    assertEquals(type, tensor.type(), name);
    assertArrayEquals(shape, tensor.shape(), name);
    long[] values = file.longs(name);
    for (int i = 0; i < values.length; i++) {
      assertEquals(i * 31 % 64, values[i], name + " " + i);
    }
  }

  @Test
  void readsClamFeatures() {
    try (TensorFile file = open("clam.h5")) {
      assertEquals("hdf5", file.format());
      assertEquals(Set.of("features", "coords"), file.tensors().keySet());
      checkReals(file, "features", ElementType.F32, 70, 6);
      checkIntegers(file, "coords", ElementType.I32, 70, 2);
      Map<String, String> attributes = file.tensor("coords").attributes();
      assertEquals("256", attributes.get("patch_size"));
      assertEquals("slide", attributes.get("name"));
      assertEquals("[1.0, 1.0]", attributes.get("downsample"));
      assertEquals("[5120, 4096]", attributes.get("level_dim"));
    }
  }

  @Test
  void readsTridentFeatures() {
    try (TensorFile file = open("trident.h5")) {
      checkReals(file, "features", ElementType.F16, 50, 6);
      checkIntegers(file, "coords", ElementType.I64, 50, 2);
      assertEquals("uni_v1", file.tensor("features").attributes().get("encoder"));
      assertEquals("512", file.tensor("coords").attributes().get("patch_size_level0"));
    }
  }

  @Test
  void readsSlidesWithoutRows() {
    try (TensorFile file = open("empty-0d.h5")) {
      assertArrayEquals(new long[] {0, 6}, file.tensor("features").shape());
      assertEquals(0, file.floats("features").length);
    }
    try (TensorFile file = open("empty-0.h5")) {
      assertArrayEquals(new long[] {0}, file.tensor("features").shape());
    }
  }

  @Test
  void readsStampFeatures() {
    try (TensorFile file = open("stamp.h5")) {
      checkReals(file, "feats", ElementType.F16, 40, 6);
      checkReals(file, "coords", ElementType.F64, 40, 2);
      assertEquals("um", file.metadata().get("unit"));
      assertEquals("256.0", file.metadata().get("tile_size_um"));
      assertEquals("224", file.metadata().get("tile_size_px"));
    }
  }

  @Test
  void readsTheLaterVersionOfTheFormat() {
    try (TensorFile file = open("v110.h5")) {
      checkReals(file, "features", ElementType.F32, 70, 6);
      checkReals(file, "fixed", ElementType.F32, 70, 6);
      checkReals(file, "single", ElementType.F32, 7, 6);
      checkReals(file, "tree", ElementType.F32, 30, 6);
      checkReals(file, "zipped", ElementType.F32, 70, 6);
      checkIntegers(file, "inner.coords", ElementType.I32, 70, 2);
    }
  }

  @Test
  void readsEveryKindOfNumbers() {
    try (TensorFile file = open("kinds.h5")) {
      for (String order : List.of("", "big-")) {
        checkReals(file, order + "f2", ElementType.F16, 3, 5);
        checkReals(file, order + "f4", ElementType.F32, 3, 5);
        checkReals(file, order + "f8", ElementType.F64, 3, 5);
        checkIntegers(file, order + "i1", ElementType.I8, 3, 5);
        checkIntegers(file, order + "i2", ElementType.I16, 3, 5);
        checkIntegers(file, order + "i4", ElementType.I32, 3, 5);
        checkIntegers(file, order + "i8", ElementType.I64, 3, 5);
        checkIntegers(file, order + "u1", ElementType.U8, 3, 5);
        checkIntegers(file, order + "u2", ElementType.I32, 3, 5);
        checkIntegers(file, order + "u4", ElementType.I64, 3, 5);
        checkIntegers(file, order + "u8", ElementType.I64, 3, 5);
      }
      assertEquals(ElementType.BOOL, file.tensor("bool").type());
      try (Arena arena = Arena.ofConfined()) {
        byte[] marks = file.load("bool", arena).data().toArray(JAVA_BYTE);
        for (int i = 0; i < marks.length; i++) {
          assertEquals(i * 31 % 64 % 2, marks[i]);
        }
      }
      assertEquals(0.5f, file.floats("scalar")[0]);
      assertEquals(0, file.tensor("scalar").rank());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "shuffled", "summed", "lzf", "lzf-shuffled"})
  void unpacksChunks(String name) {
    try (TensorFile file = open("kinds.h5")) {
      checkReals(file, name, ElementType.F32, 37, 11);
    }
  }

  @Test
  void readsLayoutsOfEveryKind() {
    try (TensorFile file = open("kinds.h5")) {
      checkReals(file, "cube", ElementType.F64, 5, 7, 6);
      checkReals(file, "compact", ElementType.F32, 4, 3);
      TensorInfo noise = file.tensor("lzf-noise"); // which LZF could not make smaller
      checkParts(file, noise);
    }
  }

  @Test
  void saysWhatItDoesNotRead() {
    try (TensorFile file = open("kinds.h5")) {
      for (String name : List.of("text", "complex", "pairs", "link", "elsewhere", "unwritten")) {
        assertTrue(file.unreadable().containsKey(name), name);
        AttnPoolException e = assertThrows(AttnPoolException.class, () -> file.tensor(name));
        assertTrue(e.getMessage().contains("tensor '" + name + "' "), e.getMessage());
      }
      assertEquals("is a link, which is not followed", file.unreadable().get("link"));
      assertEquals("was never written", file.unreadable().get("unwritten"));
    }
  }

  @Test
  void readsKerasWeights() {
    try (TensorFile file = open("legacy.h5")) {
      checkReals(file, "model_weights.attention.att.W", ElementType.F32, 6, 4);
      checkReals(file, "model_weights.attention.att.b", ElementType.F32, 4);
      checkReals(file, "model_weights.attention.att.u", ElementType.F32, 4, 1);
      assertEquals("2.15.0", file.metadata().get("keras_version"));
    }
    for (String name : List.of("new.weights.h5", "model.keras")) {
      try (TensorFile file = open(name)) {
        checkReals(file, "layers.dense.vars.0", ElementType.F32, 6, 4);
        checkReals(file, "layers.dense.vars.1", ElementType.F32, 4);
        checkReals(file, "layers.dense_1.vars.0", ElementType.F32, 4, 1);
      }
    }
  }

  @Test
  void saysThatAFileWasCut() throws IOException {
    byte[] whole = Files.readAllBytes(FILES.resolve("clam.h5"));
    Path cut = folder.resolve("cut.h5");
    for (int size = 8; size < whole.length; size += 97) {
      Files.write(cut, Arrays.copyOf(whole, size));
      try (TensorFile file = TensorFile.open(cut)) {
        file.tensors().keySet().forEach(name -> readAll(file, name));
      } catch (AttnPoolException e) {
        assertTrue(e.getMessage().contains(cut.toString()), e.getMessage());
      }
    }
  }

  private static void readAll(TensorFile file, String name) {
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(name, file.load(name, arena).name());
    }
  }

  @Test
  void closesTwice() {
    TensorFile file = open("clam.h5");
    file.close();
    file.close();
    assertThrows(AttnPoolException.class, () -> file.floats("features"));
  }

  /** Thousands took quarters of minutes before they were refused. */
  @Test
  void groupsNestedDeepAreRefused() {
    Path file = folder.resolve("deep.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      WritableGroup group = hdf;
      for (int depth = 0; depth < 70; depth++) {
        group = group.putGroup("g");
      }
      group.putDataset("x", new float[] {1});
    }
    String said =
        assertThrows(AttnPoolException.class, () -> TensorFile.open(file).close()).getMessage();
    assertTrue(said.contains("nested more than 64 deep"), said);
  }
}
