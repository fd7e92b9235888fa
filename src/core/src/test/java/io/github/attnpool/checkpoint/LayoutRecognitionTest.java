package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.HeadCombination;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file is recognised as, where in it, and what is said if it is nothing. */
class LayoutRecognitionTest {
  @TempDir private Path folder;

  /** Both begin alike. */
  @Test
  void monaiAndAbmilAreToldApartByTheirClassifiers() {
    NamedTensors both = new NamedTensors().linear("attention.0", 4, 3).linear("attention.2", 1, 4);
    assertEquals(List.of("abmil"), found(both));
    assertEquals(List.of("abmil"), found(both.linear("classifier.0", 1, 3)));
    assertEquals(
        List.of("monai"),
        found(both.remove("classifier.0.weight", "classifier.0.bias").linear("myfc", 2, 3)));
  }

  /** Much of what is no attention has an fc1 and an fc2. */
  @Test
  void anOrdinaryPerceptronIsNotTorchmils() {
    NamedTensors file = new NamedTensors().linear("mlp.fc1", 4, 3).linear("mlp.fc2", 1, 4);
    assertEquals(List.of(), found(file));
    assertEquals(List.of("torchmil below mlp."), found(file.remove("mlp.fc2.bias")));
    assertEquals(List.of(), found(file.put("mlp.fc2.weight", 3, 4)));
    String said = refusal(file.write(folder), "torchmil", "mlp");
    assertTrue(said.contains("'mlp.fc2.weight' is F32 [3, 4], must be [1, 4] for one head"), said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.pool", "model.pool."})
  void aPrefixIsGivenWithItsDotOrWithout(String prefix) {
    NamedTensors file =
        new NamedTensors()
            .linear("W", 4, 3)
            .linear("a", 1, 4)
            .below("model.pool.")
            .put("a.weight", 77);
    assertEquals(List.of("attnpool below model.pool."), found(file));
    AttentionParameters layer = ReadLayer.from(file.write(folder), "auto", prefix);
    file.check(layer.score(), 1, 4, "model.pool.a");
  }

  /** As Keras writes them. */
  @Test
  void aPrefixMayEndInASlash() {
    NamedTensors file =
        new NamedTensors().put("W", 3, 4).put("b", 4).put("u", 4, 1).below("att_layer_1/");
    assertEquals(List.of("han-keras below att_layer_1/"), found(file));
    assertEquals(4, ReadLayer.from(file.write(folder), "han-keras", "att_layer_1/").units());
  }

  @Test
  void everyLayerOfAFileIsFound() {
    NamedTensors file =
        new NamedTensors()
            .linear("sentence_attention.word_attention.word_attention", 4, 3)
            .put("sentence_attention.word_attention.word_context_vector.weight", 1, 4)
            .linear("sentence_attention.sentence_attention", 6, 5)
            .put("sentence_attention.sentence_context_vector.weight", 1, 6)
            .linear("fc", 2, 5);
    assertEquals(
        List.of(
            "han-sentence below sentence_attention.",
            "han below sentence_attention.word_attention."),
        found(file));
    String said = refusal(file.write(folder), "auto", "");
    assertTrue(
        said.endsWith(
            "; with a prefix there is han-sentence below 'sentence_attention.', han below"
                + " 'sentence_attention.word_attention.'"),
        said);
  }

  /** The same layer may be read with a prefix that its layout allows for, and without. */
  @Test
  void aLayerIsFoundOnce() {
    NamedTensors file =
        new NamedTensors()
            .linear("patch_embed.0", 3, 5)
            .linear("global_attn.module.0", 4, 3)
            .linear("global_attn.module.3", 1, 4)
            .below("model.");
    assertEquals(List.of("mil-lab"), found(file));
  }

  @Test
  void sayWhatTheyCompute() {
    NamedTensors file =
        new NamedTensors()
            .linear("proj", 3, 5)
            .linear("W", 4, 3)
            .linear("V", 4, 3)
            .linear("a", 2, 4)
            .linear("fc", 7, 3)
            .metadata("activation", "gelu")
            .metadata("proj.activation", "sigmoid")
            .metadata("temperature", "0.5")
            .metadata("heads", "mean");
    assertEquals(
        new LayerOutline(
            5,
            Optional.of(Activation.SIGMOID),
            3,
            4,
            Activation.GELU,
            true,
            0,
            2,
            7,
            HeadCombination.MEAN,
            0.5f,
            0),
        matches(file).getFirst().outline());
    NamedTensors bahdanau =
        new NamedTensors().linear("Wa", 4, 6).linear("Ua", 4, 3).linear("Va", 1, 4);
    assertEquals(
        new LayerOutline(
            3,
            Optional.empty(),
            3,
            4,
            Activation.TANH,
            false,
            6,
            1,
            0,
            HeadCombination.CONCAT,
            1,
            0),
        matches(bahdanau).getFirst().outline());
    NamedTensors linear = new NamedTensors().linear("a", 2, 3);
    assertEquals(
        new LayerOutline(
            3,
            Optional.empty(),
            3,
            0,
            Activation.IDENTITY,
            false,
            0,
            2,
            0,
            HeadCombination.CONCAT,
            1,
            0),
        matches(linear).getFirst().outline());
  }

  @Test
  void noneFits() {
    NamedTensors file =
        new NamedTensors().linear("attention_V.0", 4, 3).linear("attention_w", 1, 4);
    String said = refusal(file.write(folder), "auto", "");
    assertTrue(
        said.endsWith(
            ": no known layout fits the tensors attention_V.0.weight F32 [4, 3], attention_V.0.bias"
                + " F32 [4], attention_w.weight F32 [1, 4], attention_w.bias F32 [1]; the nearest"
                + " is abmil-gated, but there is no tensor 'attention_U.0.weight' [D, H]"),
        said);
    said = refusal(file.below("enc.").write(folder), "auto", "");
    assertTrue(
        said.endsWith(
            "; the nearest is abmil-gated below 'enc.', but there is no tensor"
                + " 'enc.attention_U.0.weight' [D, H]"),
        said);
  }

  @Test
  void nothingIsNear() {
    Path file = new NamedTensors().put("some.thing", 2, 2).write(folder);
    String said = refusal(file, "auto", "");
    assertTrue(said.endsWith("fits the tensors some.thing F32 [2, 2]; none is near"), said);
    assertTrue(refusal(file, "auto", "other").endsWith("there is no tensor below 'other'"));
    assertTrue(
        refusal(file, "clam", "")
            .endsWith(
                " no tensor 'classifiers.weight' or 'classifiers.*.weight' [O, R*H]; found"
                    + " some.thing F32 [2, 2]"));
    assertTrue(refusal(file, "mine", "").startsWith("layout: there is no 'mine', must be one of"));
  }

  @Test
  void aMissingTensorIsGivenWithItsShapeAndWhatThereIs() {
    Path file = new NamedTensors().put("W", 3, 4).put("b", 4).write(folder);
    assertTrue(
        refusal(file, "han-keras", "")
            .endsWith(
                ": it does not fit layout han-keras: there is no tensor 'u' [D, R]; found W F32 [3,"
                    + " 4], b F32 [4]"));
    file = new NamedTensors().put("W", 3, 4).put("b", 4).put("u", 5, 1).write(folder);
    assertTrue(
        refusal(file, "han-keras", "")
            .endsWith(": 'u' is F32 [5, 1], must be [4, R] for the hidden units of 'W'"));
  }

  @Test
  void messagesStayShort() {
    NamedTensors file = new NamedTensors();
    for (int i = 0; i < 1000; i++) {
      file.put("w".repeat(300) + i, 1, 1);
    }
    file.put("evil\nname", Stream.generate(() -> 1L).limit(500).mapToLong(l -> l).toArray());
    String said = refusal(file.write(folder), "auto", "");
    assertTrue(said.length() < 6000 && said.lines().count() == 1, () -> "" + said.length());
    assertTrue(said.contains(" and 981 more"), said);
  }

  /** Names that fit a layout at thousands of places, or that fit almost. */
  @Test
  void aFileMadeToKeepUsBusyDoesNot() {
    NamedTensors file = new NamedTensors();
    for (int i = 0; i < 10_000; i++) {
      file.put(i + ".attention_net.3.attention_c.weight", 1, 1);
      file.put("attention_net." + i + ".attention_a.0.weight", 1, 1);
    }
    file.put("a.".repeat(20_000) + "a.weight", 1, 1).put("a.weight", 1, 1);
    Path path = file.write(folder);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertEquals(1, checkpoint.layers().size());
            assertTrue(checkpoint.nearest().isPresent());
          }
        });
  }

  @Test
  void numbersInNamesAreNumbers() {
    NameTemplate name = NameTemplate.of("net.#.c");
    assertEquals("12", name.numberIn("p.net.12.c", "p."));
    assertEquals("p.", name.prefixIn("p.net.12.c"));
    assertEquals("", name.prefixIn("net.0.c"));
    for (String other :
        new String[] {
          "net..c", "net.x.c", "net.1x.c", "net.01.c", "net.1234567890.c", "xnet.1.c"
        }) {
      assertEquals(null, name.numberIn(other, ""), other);
      assertEquals(null, name.prefixIn(other), other);
    }
    assertEquals("", NameTemplate.of("a.weight").prefixIn("a.weight"));
    assertEquals(null, NameTemplate.of("a.weight").prefixIn("Wa.weight"));
    assertEquals("net.#.c", name.toString());
    assertFalse(name.equals(NameTemplate.of("net.*.c")));
  }

  private List<String> found(NamedTensors file) {
    return matches(file).stream()
        .map(match -> match.layout() + (match.prefix().isEmpty() ? "" : " below " + match.prefix()))
        .toList();
  }

  private List<LayerMatch> matches(NamedTensors file) {
    return ReadLayer.matches(file.write(folder));
  }

  private static String refusal(Path file, String layout, String prefix) {
    return assertThrows(AttnPoolException.class, () -> ReadLayer.from(file, layout, prefix))
        .getMessage();
  }
}
