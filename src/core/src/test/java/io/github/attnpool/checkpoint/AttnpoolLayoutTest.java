package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttnpoolLayoutTest {
  @TempDir Path folder;

  /** Shapes by name: 3 wide, 4 hidden units, 2 outputs. */
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  private Map<String, String> metadata = Map.of();

  AttnpoolLayoutTest() {
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
    assertEquals(2, parameters.logitCount());
    assertArrayEquals(values(12), parameters.hidden().orElseThrow().weight());
    assertArrayEquals(values(4), parameters.hidden().orElseThrow().bias().orElseThrow());
    assertArrayEquals(values(4), parameters.score().weight());
    assertArrayEquals(values(1), parameters.score().bias().orElseThrow());
    assertArrayEquals(values(6), parameters.outputLayer().orElseThrow().weight());
    assertArrayEquals(values(2), parameters.outputLayer().orElseThrow().bias().orElseThrow());
  }

  @Test
  void biasesAndOutputAreOptional() {
    List.of("W.bias", "a.bias", "fc.bias", "fc.weight").forEach(shapes::remove);
    AttentionParameters parameters = read("");
    assertTrue(parameters.hidden().orElseThrow().bias().isEmpty());
    assertTrue(parameters.score().bias().isEmpty());
    assertTrue(parameters.outputLayer().isEmpty());
    assertEquals(0, parameters.logitCount());
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
    assertEquals(5, parameters.logitCount());
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
    assertEquals(2, read("model.pool.").logitCount());
    shapes.remove("model.pool.a.weight");
    assertTrue(refusal("model.pool.").contains("no tensor 'model.pool.a.weight' [R, D]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a.weight|there is no tensor 'a.weight' [R, D]; found W.weight F32 [4, 3], W.bias F32 [4],",
        "W.weight|there is 'W.bias' without 'W.weight'",
        "V.weight|there is 'V.bias' without 'V.weight'",
        "proj.weight|there is 'proj.bias' without 'proj.weight'",
        "fc.weight|there is 'fc.bias' without 'fc.weight'",
      })
  void missingTensors(String name, String problem) {
    addGateAndProjection();
    shapes.remove(name);
    assertTrue(refusal("").contains(problem), () -> refusal(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "W.weight|4|'W.weight' is F32 [4], must have two dimensions",
        "W.weight|4,3,2|'W.weight' is F32 [4, 3, 2], must have two dimensions",
        "W.weight|4,3,1,2|'W.weight' is F32 [4, 3, 1, 2], must have two dimensions",
        "W.weight|0,3|'W.weight' is F32 [0, 3], must have two dimensions from 1",
        "W.weight|5,3|'W.bias' is F32 [4], must be [5]",
        "W.bias|3|'W.bias' is F32 [3], must be [4]",
        "W.bias|2,2|'W.bias' is F32 [2, 2], must be [4]",
        "V.weight|4,5|'V.weight' is F32 [4, 5], must be [4, 3] as 'W.weight'",
        "V.bias|3|'V.bias' is F32 [3], must be [4]",
        "proj.weight|4,5|'proj.weight' is F32 [4, 5], must be [3, Hin] for the rows that"
            + " 'W.weight'",
        "a.weight|4|'a.weight' is F32 [4], must have two dimensions",
        "a.weight|1,5|'a.weight' is F32 [1, 5], must be [R, 4] for the hidden units of 'W.weight'",
        "a.bias|2|'a.bias' is F32 [2], must be [1]",
        "fc.weight|2,4|'fc.weight' is F32 [2, 4], must be [O, 3] for the context",
        "fc.bias|3|'fc.bias' is F32 [3], must be [2]",
      })
  void tensorsOfAnotherShape(String name, String shape, String problem) {
    addGateAndProjection();
    shapes.remove("proj.bias");
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
    assertTrue(said.contains("'a.weight' is I64 [1, 3], must be real numbers (F32, F64"), said);
  }

  @Test
  void gateAndProjection() {
    addGateAndProjection();
    AttentionParameters parameters = read("");
    assertEquals(5, parameters.inputWidth());
    assertEquals(3, parameters.width());
    assertArrayEquals(values(12), parameters.gate().orElseThrow().weight());
    assertArrayEquals(values(4), parameters.gate().orElseThrow().bias().orElseThrow());
    assertArrayEquals(values(15), parameters.projection().orElseThrow().weight());
    assertArrayEquals(values(3), parameters.projection().orElseThrow().bias().orElseThrow());
    assertEquals(Activation.IDENTITY, parameters.projectionActivation());
    List.of("V.bias", "proj.bias").forEach(shapes::remove);
    parameters = read("");
    assertTrue(parameters.gate().orElseThrow().bias().isEmpty());
    assertTrue(parameters.projection().orElseThrow().bias().isEmpty());
  }

  @Test
  void aGateNeedsAHiddenMap() {
    addGateAndProjection();
    List.of("W.weight", "W.bias").forEach(shapes::remove);
    shapes.put("a.weight", new long[] {1, 3});
    assertTrue(refusal("").contains("there is 'V.weight' without a hidden map"), refusal(""));
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activations(Activation activation) {
    addGateAndProjection();
    String name = activation.name().toLowerCase(Locale.ROOT);
    metadata = Map.of("activation", name);
    assertEquals(activation, read("").activation());
    assertEquals(Activation.IDENTITY, read("").projectionActivation());
    metadata = Map.of("proj.activation", name);
    assertEquals(activation, read("").projectionActivation());
    assertEquals(Activation.TANH, read("").activation());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu-tanh", "gelu_tanh"})
  void eitherSpellingOfAnActivation(String name) {
    addGateAndProjection();
    metadata = Map.of("activation", name, "proj.activation", name);
    assertEquals(Activation.GELU_TANH, read("").activation());
    assertEquals(Activation.GELU_TANH, read("").projectionActivation());
  }

  @ParameterizedTest
  @CsvSource({"2,2", "0.5,0.5", "1.0,1", "1e-3,0.001"})
  void temperature(String value, float temperature) {
    metadata = Map.of("temperature", value);
    assertEquals(temperature, read("").temperature());
  }

  @ParameterizedTest
  @CsvSource({"concat,5,6", "mean,5,3", "per-head,2,3"})
  void outputOverSeveralHeads(String heads, int outputs, int inputs) {
    shapes.put("a.weight", new long[] {2, 4});
    shapes.put("a.bias", new long[] {2});
    shapes.put("fc.weight", new long[] {outputs, inputs});
    shapes.put("fc.bias", new long[] {outputs});
    metadata = Map.of("heads", heads);
    AttentionParameters parameters = read("");
    assertEquals(
        HeadCombination.valueOf(heads.toUpperCase(Locale.ROOT).replace('-', '_')),
        parameters.headCombination());
    assertArrayEquals(values(outputs * inputs), parameters.outputLayer().orElseThrow().weight());
    shapes.put("fc.weight", new long[] {outputs, 4});
    String said = refusal("");
    String must = "must be [%s, %d]".formatted(heads.equals("per-head") ? "2" : "O", inputs);
    assertTrue(said.contains("'fc.weight' is F32 [%d, 4], %s".formatted(outputs, must)), said);
  }

  /** Then there is nothing to be concatenated, and the rows of fc are outputs of the one head. */
  @ParameterizedTest
  @ValueSource(strings = {"concat", "mean", "per-head"})
  void outputOverOneHead(String heads) {
    metadata = Map.of("heads", heads);
    assertEquals(2, read("").logitCount());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "activation|swish|must be one of identity, tanh, relu, gelu, gelu-tanh, sigmoid,"
            + " leaky-relu, silu",
        "activation|TANH|must be one of identity, tanh, relu, gelu, gelu-tanh, sigmoid, leaky-relu,"
            + " silu",
        "proj.activation|''|must be one of identity, tanh, relu, gelu, gelu-tanh, sigmoid,"
            + " leaky-relu, silu",
        "heads|perhead|must be one of concat, mean, per-head",
        "temperature|0|must be a positive number",
        "temperature|-1|must be a positive number",
        "temperature|NaN|must be a positive number",
        "temperature|1e60|must be a positive number",
        "temperature|warm|must be a positive number",
      })
  void settingsThatAreNone(String key, String value, String must) {
    metadata = Map.of(key, value);
    String said = refusal("");
    assertTrue(said.contains("its metadata '%s' is '%s', %s".formatted(key, value, must)), said);
  }

  @ParameterizedTest
  @CsvSource({"activation,tanh", "temperature,1", "heads,concat", "made by,me"})
  void otherSettingsAreFine(String key, String value) {
    metadata = Map.of(key, value);
    assertEquals(3, read("").width());
  }

  private void addGateAndProjection() {
    shapes.put("V.weight", new long[] {4, 3});
    shapes.put("V.bias", new long[] {4});
    shapes.put("proj.weight", new long[] {3, 5});
    shapes.put("proj.bias", new long[] {3});
  }

  private AttentionParameters read(String prefix) {
    return read(write(), prefix);
  }

  private static AttentionParameters read(Path file, String prefix) {
    return ReadLayer.from(file, "attnpool", prefix);
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
