package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with several attention layers at one place: whoever reads has to say which. */
class SeveralLayersTest {
  @TempDir private Path folder;

  /** A hierarchical attention network as a whole: words of 3 values, sentences of 5. */
  private static NamedTensors hierarchy() {
    return new NamedTensors()
        .put("word_rnn.weight_ih_l0", 9, 3)
        .linear("word_attention", 4, 3)
        .put("word_context_vector.weight", 1, 4)
        .linear("sentence_attention", 6, 5)
        .put("sentence_context_vector.weight", 1, 6)
        .linear("fc", 2, 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model."})
  void noneIsChosenUnasked(String prefix) {
    Path file = hierarchy().below(prefix).write(folder);
    String said = refusal(file, Checkpoint.AUTO, prefix);
    assertEquals(
        ("read %s: it holds 2 attention layers, choose one by its layout: han with"
                + " '%sword_context_vector.weight', han-sentence with"
                + " '%ssentence_context_vector.weight'")
            .formatted(file, prefix, prefix),
        said);
  }

  @Test
  void loadDoesNotChooseEither() {
    Path file = hierarchy().write(folder);
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file));
    assertTrue(e.getMessage().contains("it holds 2 attention layers"), e.getMessage());
  }

  @Test
  void theLayoutSaysWhich() {
    NamedTensors file = hierarchy();
    AttentionParameters words = ReadLayer.from(file.write(folder), "han", "");
    file.check(words.hidden().orElseThrow(), 4, 3, "word_attention");
    file.check(words.score(), 1, 4, "word_context_vector.weight", null);
    AttentionParameters sentences = ReadLayer.from(file.write(folder), "han-sentence", "");
    file.check(sentences.hidden().orElseThrow(), 6, 5, "sentence_attention");
    file.check(sentences.score(), 1, 6, "sentence_context_vector.weight", null);
  }

  @Test
  void allAreListed() {
    assertEquals(List.of("han of 3", "han-sentence of 5"), found(hierarchy()));
  }

  /** A layout that names one level does not stand for the other. */
  @Test
  void theOtherLevelDoesNotFit() {
    Path file =
        hierarchy()
            .remove("word_attention.weight", "word_attention.bias", "word_context_vector.weight")
            .write(folder);
    String said = refusal(file, "han", "");
    assertTrue(said.contains("there is no tensor 'word_attention.weight' [D, H]"), said);
    assertEquals(5, ReadLayer.from(file).width());
  }

  @Test
  void layersOfOneLayoutAreToldApartByTheirNames() {
    NamedTensors file =
        new NamedTensors()
            .linear("Wa", 4, 6)
            .linear("Ua", 4, 3)
            .linear("Va", 1, 4)
            .linear("W_q", 7, 6)
            .linear("W_k", 7, 5)
            .linear("w_v", 1, 7);
    Path path = file.write(folder);
    String said =
        ("read %s: it holds 2 attention layers, choose one by the names of its tensors: bahdanau"
                + " with 'Va.weight', bahdanau with 'w_v.weight'")
            .formatted(path);
    assertEquals(said, refusal(path, Checkpoint.AUTO, ""));
    assertEquals(said, refusal(path, "bahdanau", ""));
    assertEquals(List.of("bahdanau of 3", "bahdanau of 5"), found(file));
    AttentionParameters second =
        ReadLayer.from(path, TensorNames.builder().hidden("W_k").query("W_q").score("w_v").build());
    file.check(second.score(), 1, 7, "w_v");
  }

  /** A lone map called a would do for a linear layer. */
  @Test
  void layersOfDifferentLayouts() {
    NamedTensors file = new NamedTensors().linear("a", 1, 3).put("ws1.weight", 4, 3);
    file.put("ws2.weight", 2, 4);
    String said = refusal(file.write(folder), Checkpoint.AUTO, "");
    assertTrue(
        said.endsWith("by its layout: attnpool with 'a.weight', lin2017 with 'ws2.weight'"), said);
    assertEquals(2, ReadLayer.from(file.write(folder), "lin2017", "").heads());
  }

  private List<String> found(NamedTensors file) {
    return ReadLayer.matches(file.write(folder)).stream()
        .map(match -> match.layout() + " of " + match.outline().width())
        .toList();
  }

  private static String refusal(Path file, String layout, String prefix) {
    return assertThrows(AttnPoolException.class, () -> ReadLayer.from(file, layout, prefix))
        .getMessage();
  }
}
