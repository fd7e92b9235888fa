package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that PyTorch and NumPy wrote are read as the safetensors that were written of the same
 * tensors; scripts/fixtures/make-format-fixtures.py describes them.
 */
class PythonTensorsTest {
  private static final String EXPECTED = ".safetensors";

  static Path folder() {
    try {
      return Path.of(PythonTensorsTest.class.getResource("/format/foreign").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(EXPECTED))
          .map(name -> name.substring(0, name.length() - EXPECTED.length()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsEveryTensor(String name) {
    try (TensorFile file = TensorFile.open(folder().resolve(name));
        TensorFile expected = TensorFile.open(folder().resolve(name + EXPECTED));
        Arena arena = Arena.ofConfined()) {
      assertEquals(new TreeSet<>(expected.tensors().keySet()), new TreeSet<>(names(file)));
      String unreadable = expected.metadata().getOrDefault("unreadable", "");
      assertEquals(
          unreadable.isEmpty() ? Set.of() : Set.of(unreadable.split(",")),
          file.unreadable().keySet());
      for (TensorInfo tensor : expected.tensors().values()) {
        assertEquals(tensor, file.tensor(tensor.name()));
        byte[] must = bytes(expected.load(tensor.name(), arena));
        assertArrayEquals(must, bytes(file.load(tensor.name(), arena)), tensor.name());
        assertArrayEquals(must, byParts(file, tensor, arena), tensor.name());
      }
    }
  }

  /** But for the optimizer's state, which is there too. */
  private static Set<String> names(TensorFile file) {
    Set<String> names = new HashSet<>(file.tensors().keySet());
    names.removeIf(name -> name.startsWith("optimizer_states."));
    return names;
  }

  private static byte[] bytes(Tensor tensor) {
    return tensor.data().toArray(JAVA_BYTE);
  }

  /** In pieces of another size than any dimension has, the last first. */
  private static byte[] byParts(TensorFile file, TensorInfo tensor, Arena arena) {
    long size = tensor.type().bytes();
    MemorySegment all = arena.allocate(tensor.byteSize());
    for (long end = tensor.elements(); end > 0; end -= 5) {
      long begin = Math.max(0, end - 5);
      file.read(tensor.name(), begin, all.asSlice(begin * size, (end - begin) * size));
    }
    return all.toArray(JAVA_BYTE);
  }

  @Test
  void formatsAndOrder() {
    for (String name : List.of("state.pt", "module.pt", "module-old.pt")) {
      try (TensorFile file = TensorFile.open(folder().resolve(name))) {
        assertEquals("pytorch", file.format());
        List<String> names = List.copyOf(file.tensors().keySet());
        assertEquals(List.of("tied", "kept", "fc.0.weight", "fc.0.bias"), names.subList(0, 4));
      }
    }
    for (String name : List.of("stored.npz", "fortran.npy", "numpy-4.pkl", "views-old.pt")) {
      try (TensorFile file = TensorFile.open(folder().resolve(name))) {
        assertEquals(
            Map.of("npz", "npz", "npy", "npy", "pkl", "pickle", "pt", "pytorch")
                .get(name.substring(name.indexOf('.') + 1)),
            file.format());
      }
    }
  }

  @Test
  void numbersAndTextsOfTheOutermostDictionaryAreMetadata() {
    for (String name : List.of("lightning.pt", "lightning-old.pt")) {
      try (TensorFile file = TensorFile.open(folder().resolve(name))) {
        assertEquals(
            Map.of(
                "epoch", "3", "pytorch-lightning_version", "2.4.0", "rate", "0.5", "good", "true"),
            file.metadata());
      }
    }
  }

  @Test
  void tensorsThatCannotBeReadSayWhy() {
    assertReason("others.pt", "complex", "has element type complex64: save torch.view_as_real(x)");
    assertReason("others.pt", "sparse", "is sparse: save x.to_dense()");
    assertReason("others.pt", "quantised", "is quantised: save x.dequantize()");
    assertReason("others.pt", "negated", "is a negated or conjugated view: save x.resolve_neg()");
    assertReason("others.pt", "float8", "has element type float8_e4m3fn: save x.float()");
    assertReason("stored.npz", "objects", "holds Python objects (an object array): save plain");
    assertReason("stored.npz", "structured", "is a structured array: save its fields");
    assertReason("stored.npz", "text", "has element type '<U2', must be f2, f4,");
  }

  private static void assertReason(String name, String tensor, String reason) {
    try (TensorFile file = TensorFile.open(folder().resolve(name))) {
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> file.floats(tensor));
      assertTrue(e.getMessage().contains("tensor '" + tensor + "' " + reason), e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "script.pt|it is a TorchScript archive (torch.jit.save): python -c",
        "objects.npy|the array holds Python objects (an object array): save plain arrays",
        "objects.npz|it has no array that can be read: 'a' holds Python objects",
        "class.pkl|it holds no tensor and no array, but a collections.Counter: save arrays by",
        "number.pt|it holds no tensor and no array: save arrays by",
        "cycle.pkl|nested more than 200 deep, or contain themselves",
        "deep.pkl|nested more than 200 deep, or contain themselves",
      })
  void kindsThatAreRefused(String name, String problem) {
    Path path = folder().resolve("refused").resolve(name);
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> TensorFile.open(path));
    assertTrue(e.getMessage().startsWith("read " + path + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }
}
