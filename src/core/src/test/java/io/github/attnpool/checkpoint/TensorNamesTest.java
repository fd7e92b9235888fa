package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.HeadCombination;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class TensorNamesTest {
  @TempDir private Path folder;

  @Test
  void allParts() {
    NamedTensors file =
        new NamedTensors()
            .linear("enc.fc", 3, 5)
            .linear("enc.att1", 4, 3)
            .put("enc.att2.weight", 4, 3)
            .linear("enc.att3", 2, 4)
            .linear("dec.q", 4, 6)
            .linear("head", 7, 3);
    TensorNames names =
        TensorNames.builder()
            .projection("enc.fc", Activation.SIGMOID)
            .hidden("enc.att1")
            .gate("enc.att2")
            .score("enc.att3")
            .query("dec.q")
            .output("head", HeadCombination.MEAN)
            .activation(Activation.GELU)
            .temperature(0.25f)
            .softmaxEpsilon(1e-6f)
            .build();
    AttentionParameters layer = ReadLayer.from(file.write(folder), names);
    file.check(layer.projection().orElseThrow(), 3, 5, "enc.fc");
    file.check(layer.hidden().orElseThrow(), 4, 3, "enc.att1");
    file.check(layer.gate().orElseThrow(), 4, 3, "enc.att2.weight", null);
    file.check(layer.score(), 2, 4, "enc.att3");
    file.check(layer.query().orElseThrow(), 4, 6, "dec.q");
    file.check(layer.outputLayer().orElseThrow(), 7, 3, "head");
    assertEquals(Activation.SIGMOID, layer.projectionActivation());
    assertEquals(Activation.GELU, layer.activation());
    assertEquals(HeadCombination.MEAN, layer.headCombination());
    assertEquals(0.25f, layer.temperature());
    assertEquals(1e-6f, layer.softmaxEpsilon());
  }

  @Test
  void linearForm() {
    NamedTensors file = new NamedTensors().put("v", 3);
    TensorNames names = TensorNames.builder().score(LinearNames.tensor("v").transposed()).build();
    AttentionParameters layer = ReadLayer.from(file.write(folder), names);
    assertTrue(layer.hidden().isEmpty());
    file.check(layer.score(), 1, 3, "v", null);
  }

  /** AllenNLP's additive attention: its matrices are applied from the right. */
  @Test
  void transposed() {
    NamedTensors file =
        new NamedTensors().put("_w_matrix", 2, 2).put("_u_matrix", 3, 2).put("_v_vector", 2, 1);
    TensorNames names =
        TensorNames.builder()
            .hidden(LinearNames.tensor("_u_matrix").transposed())
            .query(LinearNames.tensor("_w_matrix").transposed())
            .score(LinearNames.tensor("_v_vector").transposed())
            .build();
    AttentionParameters layer = ReadLayer.from(file.write(folder), names);
    float[] u = file.values("_u_matrix");
    float[] w = file.values("_w_matrix");
    NamedTensors.check(
        layer.hidden().orElseThrow(), 2, 3, new float[] {u[0], u[2], u[4], u[1], u[3], u[5]}, null);
    NamedTensors.check(
        layer.query().orElseThrow(), 2, 2, new float[] {w[0], w[2], w[1], w[3]}, null);
    file.check(layer.score(), 1, 2, "_v_vector", null);
  }

  @Test
  void transposedMapsThatAreStacked() {
    NamedTensors file =
        new NamedTensors()
            .put("a", 3, 2)
            .put("head.0.w", 3, 2)
            .put("head.1.w", 3, 1)
            .put("head.0.b", 1, 2)
            .put("head.1.b", 1);
    TensorNames names =
        TensorNames.builder()
            .score(LinearNames.tensor("a").transposed())
            .output(LinearNames.tensors("head.*.w", "head.*.b").transposed(), HeadCombination.MEAN)
            .build();
    AttentionParameters layer = ReadLayer.from(file.write(folder), names);
    float[] w = file.values("head.0.w");
    float[] x = file.values("head.1.w");
    float[] b = file.values("head.0.b");
    NamedTensors.check(
        layer.outputLayer().orElseThrow(),
        3,
        3,
        new float[] {w[0], w[2], w[4], w[1], w[3], w[5], x[0], x[1], x[2]},
        new float[] {b[0], b[1], file.values("head.1.b")[0]});
  }

  @Test
  void optionalPartsAndAlternatives() {
    TensorNames names =
        TensorNames.builder()
            .hidden("h")
            .score(LinearNames.module("s").or(LinearNames.module("t.#")))
            .gate(LinearNames.module("g").optional())
            .build();
    NamedTensors file = new NamedTensors().linear("h", 4, 3).linear("t.5", 1, 4);
    AttentionParameters layer = ReadLayer.from(file.write(folder), names);
    assertTrue(layer.gate().isEmpty());
    file.check(layer.score(), 1, 4, "t.5");
    file.linear("s", 1, 4).linear("g", 4, 3);
    layer = ReadLayer.from(file.write(folder), names);
    file.check(layer.score(), 1, 4, "s");
    file.check(layer.gate().orElseThrow(), 4, 3, "g");
    assertRefused(names, file.remove("g.weight"), "there is 'g.bias' without 'g.weight'");
  }

  @Test
  void metadataGoFirstWhereAskedFor() {
    NamedTensors file =
        new NamedTensors()
            .linear("h", 4, 3)
            .linear("s", 1, 4)
            .metadata("activation", "relu")
            .metadata("temperature", "2");
    TensorNames.Builder names =
        TensorNames.builder().hidden("h").score("s").activation(Activation.SIGMOID);
    AttentionParameters layer = ReadLayer.from(file.write(folder), names.build());
    assertEquals(Activation.SIGMOID, layer.activation());
    assertEquals(1, layer.temperature());
    layer = ReadLayer.from(file.write(folder), names.settingsFromMetadata().build());
    assertEquals(Activation.RELU, layer.activation());
    assertEquals(2, layer.temperature());
  }

  @Test
  void belowAPrefix() {
    NamedTensors file = new NamedTensors().linear("h", 4, 3).linear("s", 1, 4).below("x.y.");
    TensorNames names = TensorNames.builder().hidden("h").score("s").build();
    AttentionParameters layer = ReadLayer.from(file.write(folder), names, "x.y");
    file.check(layer.score(), 1, 4, "x.y.s");
  }

  @Test
  void whatDoesNotFit() {
    TensorNames names =
        TensorNames.builder()
            .projection("p", Activation.RELU)
            .hidden("h")
            .gate("g")
            .score("s")
            .query("q")
            .output("o", HeadCombination.PER_HEAD)
            .build();
    assertRefused(
        names,
        new NamedTensors().linear("h", 4, 3).linear("s", 2, 4),
        "there is no tensor 'p.weight' [H, Hin]; there is no tensor 'g.weight' [D, H]; there is no"
            + " tensor 'q.weight' [D, Q]; there is no tensor 'o.weight' [O, R*H]; found h.weight");
    assertRefused(
        names,
        new NamedTensors()
            .linear("p", 2, 9)
            .linear("h", 4, 3)
            .linear("g", 3, 4)
            .linear("s", 2, 5)
            .linear("q", 5, 7)
            .linear("o", 2, 6),
        "'s.weight' is F32 [2, 5], must be [R, 4] for the hidden units of 'h.weight'; 'g.weight' is"
            + " F32 [3, 4], must be [4, 3] as 'h.weight'; 'q.weight' is F32 [5, 7], must be [4, Q]"
            + " for the hidden units of 'h.weight'; 'p.weight' is F32 [2, 9], must be [3, Hin] for"
            + " the rows that 'h.weight' takes;"
            + " 'o.weight' is F32 [2, 6], must be [2, 3] with a row for each head");
  }

  @Test
  void namesThatAreNone() {
    assertProblem("there is none for the score map", () -> TensorNames.builder().build());
    assertProblem("hidden map", () -> TensorNames.builder().score("s").gate("g").build());
    assertProblem(
        "must not be optional",
        () -> TensorNames.builder().score(LinearNames.module("s").optional()).build());
    assertProblem("'a.#.*.weight' has several # or *", () -> LinearNames.module("a.#.*"));
    assertProblem("a name is empty", () -> LinearNames.tensor(" "));
    assertProblem("same wildcard", () -> LinearNames.tensors("a.#", "b"));
  }

  private static void assertProblem(String problem, Executable call) {
    String said = assertThrows(AttnPoolException.class, call).getMessage();
    assertTrue(said.startsWith("tensor names: ") && said.contains(problem), said);
  }

  private void assertRefused(TensorNames names, NamedTensors file, String problem) {
    Path path = file.write(folder);
    String said =
        assertThrows(AttnPoolException.class, () -> ReadLayer.from(path, names)).getMessage();
    assertTrue(
        said.startsWith("read " + path + ": it does not fit the given names: " + problem), said);
  }
}
