package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.HeadCombination;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each layout, from files with the names and shapes that the project's own code gives: every
 * parameter is just what the file holds. H = 3, D = 4 unless said.
 */
class LayoutTest {
  @TempDir private Path folder;

  @Test
  void monai() {
    NamedTensors file =
        new NamedTensors()
            .linear("attention.0", 4, 3)
            .linear("attention.2", 1, 4)
            .linear("myfc", 2, 3)
            .put("net.conv1.weight", 8, 3, 7, 7); // the backbone
    AttentionParameters layer = read(file, Layout.MONAI);
    file.check(layer.hidden().orElseThrow(), 4, 3, "attention.0");
    file.check(layer.score(), 1, 4, "attention.2");
    file.check(layer.outputLayer().orElseThrow(), 2, 3, "myfc");
    assertPlain(layer, Activation.TANH);
    assertTrue(layer.gate().isEmpty());
  }

  @Test
  void abmil() {
    NamedTensors file =
        new NamedTensors()
            .linear("attention.0", 4, 3)
            .linear("attention.2", 2, 4)
            .linear("classifier.0", 1, 6)
            .linear("feature_extractor_part2.0", 3, 800);
    AttentionParameters layer = read(file, Layout.ABMIL);
    file.check(layer.hidden().orElseThrow(), 4, 3, "attention.0");
    file.check(layer.score(), 2, 4, "attention.2");
    file.check(layer.outputLayer().orElseThrow(), 1, 6, "classifier.0");
    assertEquals(HeadCombination.CONCAT, layer.headCombination());
    assertPlain(layer, Activation.TANH);
  }

  @Test
  void abmilWithoutClassifier() {
    NamedTensors file = new NamedTensors().linear("attention.0", 4, 3).linear("attention.2", 1, 4);
    assertTrue(read(file, Layout.ABMIL).outputLayer().isEmpty());
  }

  /** Logits of the first of several layers would be wrong ones. */
  @Test
  void aClassifierOfSeveralLayersIsRefused() {
    NamedTensors file =
        new NamedTensors()
            .linear("attention.0", 4, 3)
            .linear("attention.2", 1, 4)
            .linear("classifier.0", 5, 3)
            .linear("classifier.2", 1, 5);
    assertRefused(
        file, Layout.ABMIL, "there are 'classifier.0.weight' and 'classifier.2.weight', must be");
  }

  @Test
  void abmilGated() {
    NamedTensors file =
        new NamedTensors()
            .linear("attention_V.0", 4, 3)
            .linear("attention_U.0", 4, 3)
            .linear("attention_w", 2, 4)
            .linear("classifier.0", 1, 6);
    AttentionParameters layer = read(file, Layout.ABMIL_GATED);
    file.check(layer.hidden().orElseThrow(), 4, 3, "attention_V.0");
    file.check(layer.gate().orElseThrow(), 4, 3, "attention_U.0");
    file.check(layer.score(), 2, 4, "attention_w");
    file.check(layer.outputLayer().orElseThrow(), 1, 6, "classifier.0");
    assertPlain(layer, Activation.TANH);
  }

  @ParameterizedTest
  @CsvSource({"'',3", "'',2", "module.,3"})
  void clamOfOneBranch(String extra, int place) {
    String net = "attention_net." + extra;
    NamedTensors file =
        clamNet(net, place, 1).linear("classifiers", 2, 3).linear("instance_classifiers.0", 2, 3);
    AttentionParameters layer = read(file, Layout.CLAM);
    file.check(layer.projection().orElseThrow(), 3, 5, net + "0");
    assertEquals(Activation.RELU, layer.projectionActivation());
    file.check(layer.hidden().orElseThrow(), 4, 3, net + place + ".attention_a.0");
    file.check(layer.gate().orElseThrow(), 4, 3, net + place + ".attention_b.0");
    file.check(layer.score(), 1, 4, net + place + ".attention_c");
    file.check(layer.outputLayer().orElseThrow(), 2, 3, "classifiers");
    assertEquals(5, layer.inputWidth());
    assertEquals(HeadCombination.CONCAT, layer.headCombination());
  }

  /** One classifier per class, with a head each; more than ten, so that text is not the order. */
  @ParameterizedTest
  @ValueSource(ints = {2, 12})
  void clamOfSeveralBranches(int classes) {
    NamedTensors file = clamNet("attention_net.", 3, classes);
    for (int i = classes - 1; i >= 0; i--) {
      file.linear("classifiers." + i, 1, 3).linear("instance_classifiers." + i, 2, 3);
    }
    AttentionParameters layer = read(file, Layout.CLAM);
    assertEquals(classes, layer.heads());
    assertEquals(HeadCombination.PER_HEAD, layer.headCombination());
    assertStacked(file, layer, classes);
  }

  @Test
  void clamOfOneBranchWithAClassifierPerClass() {
    NamedTensors file = clamNet("attention_net.", 3, 1);
    IntStream.range(0, 3).forEach(i -> file.linear("classifiers." + i, 1, 3));
    AttentionParameters layer = read(file, Layout.CLAM);
    assertEquals(HeadCombination.CONCAT, layer.headCombination());
    assertStacked(file, layer, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void clamWithoutGate(int last) {
    NamedTensors file =
        new NamedTensors()
            .linear("attention_net.0", 3, 5)
            .linear("attention_net.3.module.0", 4, 3)
            .linear("attention_net.3.module." + last, 1, 4)
            .linear("classifiers", 2, 3);
    AttentionParameters layer = read(file, Layout.CLAM);
    file.check(layer.hidden().orElseThrow(), 4, 3, "attention_net.3.module.0");
    file.check(layer.score(), 1, 4, "attention_net.3.module." + last);
    assertTrue(layer.gate().isEmpty());
    assertEquals(Activation.RELU, layer.projectionActivation());
  }

  @Test
  void clamsThatAreBroken() {
    assertRefused(
        clamNet("attention_net.", 3, 2).linear("classifiers", 3, 3),
        Layout.CLAM,
        "'classifiers.weight' is F32 [3, 3], must be [2, 3] with a row for each head");
    assertRefused(
        clamNet("attention_net.", 3, 2).linear("classifiers.0", 1, 3),
        Layout.CLAM,
        "'classifiers.0.weight' is F32 [1, 3], must be [2, 3] with a row for each head");
    assertRefused(
        clamNet("attention_net.", 3, 2).linear("classifiers.0", 1, 3).linear("classifiers.2", 1, 3),
        Layout.CLAM,
        "there are 2 of 'classifiers.*.weight', the last 'classifiers.2.weight', must be all from");
    assertRefused(
        clamNet("attention_net.", 3, 2).linear("classifiers.0", 1, 3).linear("classifiers.1", 1, 4),
        Layout.CLAM,
        "'classifiers.1.weight' is F32 [1, 4], must take 3 values");
    assertRefused(
        clamNet("attention_net.", 3, 2)
            .linear("classifiers.0", 1, 3)
            .put("classifiers.1.weight", 1, 3),
        Layout.CLAM,
        "there are 1 of 'classifiers.*.bias', must be 2");
    assertRefused(
        clamNet("attention_net.", 3, 1)
            .linear("classifiers", 2, 3)
            .remove("attention_net.3.attention_b.0.weight", "attention_net.3.attention_b.0.bias"),
        Layout.CLAM,
        "there is no tensor 'attention_net.#.attention_b.0.weight' or"
            + " 'attention_net.module.#.attention_b.0.weight' [D, H]");
    assertRefused(
        clamNet("attention_net.", 3, 1).linear("attention_net.1", 3, 3).linear("classifiers", 2, 3),
        Layout.CLAM,
        "there are 'attention_net.0.weight' and 'attention_net.1.weight', must be only one");
  }

  private static NamedTensors clamNet(String net, int place, int heads) {
    return new NamedTensors()
        .linear(net + "0", 3, 5)
        .linear(net + place + ".attention_a.0", 4, 3)
        .linear(net + place + ".attention_b.0", 4, 3)
        .linear(net + place + ".attention_c", heads, 4);
  }

  private static void assertStacked(NamedTensors file, AttentionParameters layer, int classes) {
    float[] weight = new float[classes * 3];
    float[] bias = new float[classes];
    for (int i = 0; i < classes; i++) {
      System.arraycopy(file.values("classifiers." + i + ".weight"), 0, weight, i * 3, 3);
      bias[i] = file.values("classifiers." + i + ".bias")[0];
    }
    NamedTensors.check(layer.outputLayer().orElseThrow(), classes, 3, weight, bias);
  }

  @ParameterizedTest
  @CsvSource({"'',patch_embed.0", "model.,patch_embed.0", "'',patch_embed.fc"})
  void milLab(String prefix, String embedding) {
    NamedTensors file =
        new NamedTensors()
            .linear(embedding, 3, 5)
            .linear("global_attn.attention_a.0", 4, 3)
            .linear("global_attn.attention_b.0", 4, 3)
            .linear("global_attn.attention_c", 2, 4)
            .linear("classifier", 7, 6)
            .below(prefix);
    AttentionParameters layer = read(file, Layout.MIL_LAB);
    file.check(layer.projection().orElseThrow(), 3, 5, prefix + embedding);
    assertEquals(Activation.RELU, layer.projectionActivation());
    file.check(layer.hidden().orElseThrow(), 4, 3, prefix + "global_attn.attention_a.0");
    file.check(layer.gate().orElseThrow(), 4, 3, prefix + "global_attn.attention_b.0");
    file.check(layer.score(), 2, 4, prefix + "global_attn.attention_c");
    file.check(layer.outputLayer().orElseThrow(), 7, 6, prefix + "classifier");
  }

  @Test
  void milLabWithoutGateOrClassifier() {
    NamedTensors file =
        new NamedTensors()
            .linear("patch_embed.0", 3, 5)
            .linear("global_attn.module.0", 4, 3)
            .linear("global_attn.module.3", 1, 4);
    AttentionParameters layer = read(file, Layout.MIL_LAB);
    file.check(layer.hidden().orElseThrow(), 4, 3, "global_attn.module.0");
    file.check(layer.score(), 1, 4, "global_attn.module.3");
    assertTrue(layer.gate().isEmpty() && layer.outputLayer().isEmpty());
  }

  @Test
  void milLabWithAnEmbeddingOfSeveralLayersIsRefused() {
    NamedTensors file =
        new NamedTensors()
            .linear("patch_embed.0", 3, 5)
            .linear("patch_embed.3", 3, 3)
            .linear("global_attn.module.0", 4, 3)
            .linear("global_attn.module.3", 1, 4);
    assertRefused(
        file, Layout.MIL_LAB, "there are 'patch_embed.0.weight' and 'patch_embed.3.weight'");
  }

  @ParameterizedTest
  @CsvSource({"fc1.module,fc_gated.module", "fc1,fc_gated", "fc1.module,", "fc1,"})
  void torchmil(String hidden, String gate) {
    NamedTensors file = new NamedTensors().linear(hidden, 4, 3).put("fc2.weight", 1, 4);
    if (gate != null) {
      file.linear(gate, 4, 3);
    }
    AttentionParameters layer = read(file, Layout.TORCHMIL);
    file.check(layer.hidden().orElseThrow(), 4, 3, hidden);
    file.check(layer.score(), 1, 4, "fc2.weight", null);
    assertEquals(gate != null, layer.gate().isPresent());
    if (gate != null) {
      file.check(layer.gate().orElseThrow(), 4, 3, gate);
    }
    assertPlain(layer, Activation.TANH);
    assertEquals(
        Activation.RELU, layer.withActivation(Activation.RELU).activation()); // where it is known
  }

  @Test
  void torchmilWithClassifier() {
    NamedTensors file =
        new NamedTensors()
            .linear("pool.fc1.module", 4, 3)
            .linear("pool.fc_gated.module", 4, 3)
            .put("pool.fc2.weight", 1, 4)
            .linear("classifier.module", 1, 3)
            .linear("inst_classifiers.0.module", 2, 3);
    AttentionParameters layer = read(file, Layout.TORCHMIL);
    file.check(layer.hidden().orElseThrow(), 4, 3, "pool.fc1.module");
    file.check(layer.gate().orElseThrow(), 4, 3, "pool.fc_gated.module");
    file.check(layer.score(), 1, 4, "pool.fc2.weight", null);
    file.check(layer.outputLayer().orElseThrow(), 1, 3, "classifier.module");
  }

  @ParameterizedTest
  @CsvSource({"word,HAN", "sentence,HAN_SENTENCE"})
  void han(String level, Layout layout) {
    NamedTensors file =
        new NamedTensors()
            .linear(level + "_attention", 4, 3)
            .put(level + "_context_vector.weight", 1, 4)
            .put("word_rnn.weight_ih_l0", 9, 3);
    AttentionParameters layer = read(file, layout);
    file.check(layer.hidden().orElseThrow(), 4, 3, level + "_attention");
    file.check(layer.score(), 1, 4, level + "_context_vector.weight", null);
    assertPlain(layer, Activation.TANH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4,1", "4"})
  void hanKeras(String context) {
    long[] shape = IntStream.of(4, 1).limit(context.split(",").length).asLongStream().toArray();
    NamedTensors file = new NamedTensors().put("W", 3, 4).put("b", 4).put("u", shape);
    AttentionParameters layer = read(file, Layout.HAN_KERAS);
    float[] stored = file.values("W");
    float[] turned = new float[12];
    for (int d = 0; d < 4; d++) {
      for (int h = 0; h < 3; h++) {
        turned[d * 3 + h] = stored[h * 4 + d];
      }
    }
    NamedTensors.check(layer.hidden().orElseThrow(), 4, 3, turned, file.values("b"));
    file.check(layer.score(), 1, 4, "u", null);
    assertEquals(1e-7f, layer.softmaxEpsilon());
    assertEquals(Activation.TANH, layer.activation());
  }

  @Test
  void lin2017() {
    NamedTensors file = new NamedTensors().put("ws1.weight", 4, 3).put("ws2.weight", 30, 4);
    AttentionParameters layer = read(file, Layout.LIN2017);
    file.check(layer.hidden().orElseThrow(), 4, 3, "ws1.weight", null);
    file.check(layer.score(), 30, 4, "ws2.weight", null);
    assertPlain(layer, Activation.TANH);
  }

  /** As in PyTorch's tutorial, whose maps all have biases: Va(tanh(Wa(query) + Ua(keys))). */
  @Test
  void bahdanau() {
    NamedTensors file = new NamedTensors().linear("Wa", 4, 6).linear("Ua", 4, 3).linear("Va", 1, 4);
    AttentionParameters layer = read(file, Layout.BAHDANAU);
    file.check(layer.hidden().orElseThrow(), 4, 3, "Ua");
    file.check(layer.query().orElseThrow(), 4, 6, "Wa");
    file.check(layer.score(), 1, 4, "Va");
    assertEquals(6, layer.queryWidth());
    assertPlain(layer, Activation.TANH);
  }

  /** As in Dive into Deep Learning, without biases: w_v(tanh(W_q(queries) + W_k(keys))). */
  @Test
  void bahdanauWithoutBiases() {
    NamedTensors file =
        new NamedTensors().put("W_q.weight", 4, 6).put("W_k.weight", 4, 3).put("w_v.weight", 1, 4);
    AttentionParameters layer = read(file, Layout.BAHDANAU);
    file.check(layer.hidden().orElseThrow(), 4, 3, "W_k.weight", null);
    file.check(layer.query().orElseThrow(), 4, 6, "W_q.weight", null);
    file.check(layer.score(), 1, 4, "w_v.weight", null);
  }

  @Test
  void weightsOfConvolutionsAreSqueezed() {
    NamedTensors file =
        new NamedTensors()
            .linear("attention_V.0", 4, 3, 1)
            .linear("attention_U.0", 4, 3, 1, 1)
            .linear("attention_w", 1, 4, 1);
    AttentionParameters layer = read(file, Layout.ABMIL_GATED);
    file.check(layer.hidden().orElseThrow(), 4, 3, "attention_V.0");
    file.check(layer.gate().orElseThrow(), 4, 3, "attention_U.0");
    file.check(layer.score(), 1, 4, "attention_w");
    assertRefused(
        file.put("attention_U.0.weight", 4, 3, 3),
        Layout.ABMIL_GATED,
        "'attention_U.0.weight' is F32 [4, 3, 3], must have two dimensions");
  }

  @Test
  void isNamedAsOnTheCommandLine() {
    for (Layout layout : Layout.values()) {
      assertEquals(layout, Layout.named(layout.layoutName()));
      assertEquals(layout, Layout.named(layout.layoutName().replace('-', '_')));
    }
    assertEquals(Layout.ATTNPOOL, Layout.named("seed"));
    assertEquals(Optional.of("attnpool"), Checkpoint.layoutName("seed"));
    assertEquals(Optional.empty(), Checkpoint.layoutName("auto"));
    assertEquals("abmil-gated", Layout.ABMIL_GATED.layoutName());
    assertEquals("lin2017", Layout.LIN2017.layoutName());
    assertEquals("han-sentence", Layout.HAN_SENTENCE.layoutName());
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> Layout.named("CLAM"));
    assertTrue(
        e.getMessage()
            .startsWith(
                "layout: there is no 'CLAM', must be one of attnpool, monai, abmil, abmil-gated"),
        e.getMessage());
  }

  private static void assertPlain(AttentionParameters layer, Activation activation) {
    assertEquals(activation, layer.activation());
    assertEquals(1, layer.temperature());
    assertEquals(0, layer.softmaxEpsilon());
    assertTrue(layer.projection().isEmpty());
  }

  /** Reads a file, once by the layout's name and once by what it is recognised as. */
  private AttentionParameters read(NamedTensors tensors, Layout layout) {
    Path path = tensors.write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      CheckpointLayer recognised = checkpoint.layer().read();
      assertEquals(layout.layoutName(), recognised.layout().orElseThrow());
    }
    return ReadLayer.from(path, layout.layoutName(), "");
  }

  private void assertRefused(NamedTensors tensors, Layout layout, String problem) {
    Path path = tensors.write(folder);
    AttnPoolException e =
        assertThrows(AttnPoolException.class, () -> ReadLayer.from(path, layout.layoutName(), ""));
    String start = "read " + path + ": it does not fit layout " + layout.layoutName() + ": ";
    assertTrue(e.getMessage().startsWith(start + problem), e.getMessage());
    String unknown = assertThrows(AttnPoolException.class, () -> ReadLayer.from(path)).getMessage();
    assertTrue(unknown.contains("no known layout fits"), unknown);
    assertTrue(
        unknown.contains("the nearest is " + layout.layoutName() + ", but " + problem), unknown);
  }
}
