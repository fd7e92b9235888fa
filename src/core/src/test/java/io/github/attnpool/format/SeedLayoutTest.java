package io.github.attnpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeedLayoutTest {
  @TempDir Path folder;

  /** Shapes by name: 3 wide, 4 hidden units, 2 outputs. */
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  private Map<String, String> metadata = Map.of();

  SeedLayoutTest() {
    shapes.put("W.weight", new long[] {4, 3});
    shapes.put("W.bias", new long[] {4});
    shapes.put("a.weight", new long[] {1, 4});
    shapes.put("a.bias", new long[] {1});
    shapes.put("fc.weight", new long[] {2, 3});
    shapes.put("fc.bias", new long[] {2});
  }

  @Test
  void readsAll() {
    AttentionParameters parameters = read("");
    assertEquals(3, parameters.width());
    assertEquals(4, parameters.units());
    assertEquals(1, parameters.heads());
    assertEquals(2, parameters.outputs());
    assertArrayEquals(values(12), parameters.hidden().orElseThrow().weight());
    assertArrayEquals(values(4), parameters.hidden().orElseThrow().bias().orElseThrow());
    assertArrayEquals(values(4), parameters.score().weight());
    assertArrayEquals(values(1), parameters.score().bias().orElseThrow());
    assertArrayEquals(values(6), parameters.output().orElseThrow().weight());
    assertArrayEquals(values(2), parameters.output().orElseThrow().bias().orElseThrow());
  }

  @Test
  void biasesAndOutputAreOptional() {
    List.of("W.bias", "a.bias", "fc.bias", "fc.weight").forEach(shapes::remove);
    AttentionParameters parameters = read("");
    assertTrue(parameters.hidden().orElseThrow().bias().isEmpty());
    assertTrue(parameters.score().bias().isEmpty());
    assertTrue(parameters.output().isEmpty());
    assertEquals(0, parameters.outputs());
  }

  @Test
  void withoutHiddenMapItIsTheLinearForm() {
    shapes.remove("W.weight");
    shapes.remove("W.bias");
    shapes.put("a.weight", new long[] {1, 3});
    AttentionParameters parameters = read("");
    assertTrue(parameters.hidden().isEmpty());
    assertEquals(3, parameters.width());
    assertEquals(0, parameters.units());
  }

  @Test
  void severalHeads() {
    shapes.put("a.weight", new long[] {2, 4});
    shapes.put("a.bias", new long[] {2});
    shapes.put("fc.weight", new long[] {5, 6});
    shapes.put("fc.bias", new long[] {5});
    AttentionParameters parameters = read("");
    assertEquals(2, parameters.heads());
    assertEquals(5, parameters.outputs());
  }

  @Test
  void leavesOtherTensorsAlone() {
    shapes.put("embedding.weight", new long[] {10, 3});
    shapes.put("other.a.weight", new long[] {9});
    assertEquals(3, read("").width());
  }

  @Test
  void takesOnlyWhatIsBelowThePrefix() {
    Map<String, long[]> inner = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> inner.put("model.pool." + name, shape));
    shapes.clear();
    shapes.putAll(inner);
    shapes.put("V.weight", new long[] {4, 3}); // not of this layer
    shapes.put("a.weight", new long[] {77});
    assertEquals(2, read("model.pool.").outputs());
    shapes.remove("model.pool.a.weight");
    assertTrue(refusal("model.pool.").contains("no tensor 'model.pool.a.weight'"));
  }

  @Test
  void isRecognisedByTheScoreMap() {
    assertTrue(SeedLayout.matches(Set.of("a.weight", "x"), ""));
    assertTrue(SeedLayout.matches(Set.of("p.a.weight"), "p."));
    assertFalse(SeedLayout.matches(Set.of("a.weight"), "p."));
    assertFalse(SeedLayout.matches(Set.of("W.weight", "a.bias"), ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a.weight|there is no tensor 'a.weight', found W.weight, W.bias, a.bias",
        "W.weight|there is 'W.bias' without 'W.weight'",
        "fc.weight|there is 'fc.bias' without 'fc.weight'",
      })
  void missingTensors(String name, String problem) {
    shapes.remove(name);
    assertTrue(refusal("").contains(problem), () -> refusal(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "W.weight|4|'W.weight' is F32 [4], must have two dimensions",
        "W.weight|4,3,1|'W.weight' is F32 [4, 3, 1], must have two dimensions",
        "W.weight|0,3|'W.weight' is F32 [0, 3], must have two dimensions from 1",
        "W.weight|5,3|'W.bias' is F32 [4], must be [5]",
        "W.bias|3|'W.bias' is F32 [3], must be [4]",
        "W.bias|1,4|'W.bias' is F32 [1, 4], must be [4]",
        "a.weight|4|'a.weight' is F32 [4], must have two dimensions",
        "a.weight|1,5|'a.weight' is F32 [1, 5], must be [R, 4] for the hidden units of 'W.weight'",
        "a.bias|2|'a.bias' is F32 [2], must be [1]",
        "fc.weight|2,4|'fc.weight' is F32 [2, 4], must be [O, 3] for the context",
        "fc.bias|3|'fc.bias' is F32 [3], must be [2]",
      })
  void tensorsOfAnotherShape(String name, String shape, String problem) {
    shapes.put(name, List.of(shape.split(",")).stream().mapToLong(Long::parseLong).toArray());
    assertTrue(refusal("").contains(problem), () -> refusal(""));
  }

  @Test
  void tensorsOfAnotherType() {
    Path file = folder.resolve("test.safetensors");
    MemorySegment data = MemorySegment.ofArray(new long[3]);
    Tensor integers = new Tensor("a.weight", ElementType.I64, new long[] {1, 3}, data);
    SafetensorsWriter.write(file, List.of(integers), Map.of());
    String said = refusal(file, "");
    assertTrue(said.contains("a.weight: has element type I64, must be real numbers"), said);
  }

  /** Passing over what changes the result would give a wrong one. */
  @ParameterizedTest
  @ValueSource(strings = {"V.weight", "V.bias", "proj.weight", "proj.bias"})
  void partsThatCannotBeComputedAreRefused(String name) {
    shapes.put(name, new long[] {4, 3});
    String said = refusal("");
    assertTrue(said.contains("'" + name + "'") && said.contains("cannot compute"), said);
  }

  @ParameterizedTest
  @CsvSource({"activation,relu", "temperature,0.5", "heads,mean"})
  void settingsThatCannotBeComputedAreRefused(String key, String value) {
    metadata = Map.of(key, value);
    String said = refusal("");
    assertTrue(said.contains("its " + key + " is '" + value + "'"), said);
  }

  @ParameterizedTest
  @CsvSource({"activation,tanh", "temperature,1", "temperature,1.0", "heads,concat", "made by,me"})
  void otherSettingsAreFine(String key, String value) {
    metadata = Map.of(key, value);
    assertEquals(3, read("").width());
  }

  private AttentionParameters read(String prefix) {
    return read(write(), prefix);
  }

  private static AttentionParameters read(Path file, String prefix) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      return SeedLayout.read(tensors, prefix);
    }
  }

  private String refusal(String prefix) {
    return refusal(write(), prefix);
  }

  private static String refusal(Path file, String prefix) {
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> read(file, prefix));
    assertTrue(e.getMessage().startsWith("read " + file + ": "), e.getMessage());
    return e.getMessage();
  }

  private Path write() {
    Path file = folder.resolve("test.safetensors");
    List<Tensor> tensors =
        shapes.entrySet().stream()
            .map(
                entry -> {
                  long count = 1;
                  for (long size : entry.getValue()) {
                    count *= size;
                  }
                  return Tensor.of(entry.getKey(), values((int) count), entry.getValue());
                })
            .collect(Collectors.toList());
    SafetensorsWriter.write(file, tensors, metadata);
    return file;
  }

  private static float[] values(int count) {
    float[] values = new float[count];
    IntStream.range(0, count).forEach(i -> values[i] = i + 0.5f);
    return values;
  }
}
