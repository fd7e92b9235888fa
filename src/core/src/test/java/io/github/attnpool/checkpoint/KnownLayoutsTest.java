package io.github.attnpool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KnownLayoutsTest {
  @TempDir Path folder;

  static List<Layout> known() {
    return Layout.known();
  }

  /** Writes tensors given as {@code name 2x3}. */
  private Path write(String... tensors) {
    List<Tensor> made = new ArrayList<>();
    for (String tensor : tensors) {
      String[] parts = tensor.split(" ", -1);
      String[] sizes = parts[1].split("x", -1);
      long[] shape = new long[sizes.length];
      int count = 1;
      for (int i = 0; i < sizes.length; i++) {
        shape[i] = Long.parseLong(sizes[i]);
        count *= (int) shape[i];
      }
      made.add(Tensor.of(parts[0], new float[count], shape));
    }
    Path file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(file, made, Map.of());
    return file;
  }

  @ParameterizedTest
  @MethodSource("known")
  void isWrittenAsTheFileThatItWasReadFrom(Layout layout) {
    Layout again = Layout.parse(layout.toJson());
    assertEquals(layout.toJson(), again.toJson());
    assertEquals(layout.fields(), again.fields());
    for (Stage stage : Stage.values()) {
      assertEquals(layout.steps(stage), again.steps(stage));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          attnpool|W.weight 2x3|a.weight 1x2|
          attnpool|W.weight 2x3|a.weight 1x2|V.weight 2x3
          attnpool|proj.weight 3x4|a.weight 1x3|fc.weight 5x3
          lin2017|ws1.weight 4x3|ws2.weight 2x4|
          han|word_attention.weight 4x3|word_context_vector.weight 1x4|
          abmil|attention.0.weight 4x3|attention.2.weight 2x4|classifier.0.weight 1x6
          torchmil|fc1.module.weight 4x3|fc2.weight 1x4|fc_gated.module.weight 4x3
          bahdanau|W_k.weight 4x3|w_v.weight 1x4|W_q.weight 4x7
          """)
  void isRecognisedBelowAnyPrefix(String layout, String first, String second, String third) {
    for (String prefix : List.of("", "module.", "state_dict.model.pooler.")) {
      Path file =
          third == null
              ? write(prefix + first, prefix + second)
              : write(prefix + first, prefix + second, prefix + third);
      List<LayerMatch> layers = ReadLayer.matches(file);
      assertEquals(1, layers.size());
      assertEquals(layout, layers.getFirst().layout());
      assertEquals(prefix, layers.getFirst().prefix());
    }
  }

  @Test
  void tensorsOutsideThePrefixAreNamedButNotJudged() {
    Path file = write("encoder.weight 2x2", "pool.ws1.weight 4x3", "pool.ws2.weight 2x4");
    LayerMatch layer = ReadLayer.matches(file).getFirst();
    assertEquals("pool.", layer.prefix());
    assertEquals(List.of("encoder.weight"), layer.unused());
  }

  @Test
  void aTensorThatTheLayoutDoesNotExplainIsRefused() {
    Path file = write("ws1.weight 4x3", "ws2.weight 2x4", "norm.weight 3", "norm.bias 3");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file));
    assertTrue(
        e.getMessage()
            .endsWith(
                "layout lin2017 explains all but 2 of its tensors: norm.bias, norm.weight; describe"
                    + " them in a layout file, or pass --ignore PATTERN if they are not on the"
                    + " path"),
        e.getMessage());
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertEquals(2, checkpoint.layer().ignore("norm.*").parameters().heads());
    }
  }

  /** What is below a larger model that is nearly a layer is not a layer of its own. */
  @Test
  void aPartOfSomethingLargerIsRefused() {
    Path file =
        write(
            "attention_net.0.weight 5x9",
            "attention_net.3.attention_a.0.weight 4x5",
            "attention_net.3.attention_b.0.weight 4x5",
            "attention_net.3.attention_c.weight 2x4",
            "classifiers.weight 2x5",
            "head.ws1.weight 4x3",
            "head.ws2.weight 2x4");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file));
    assertTrue(e.getMessage().contains("head.ws1.weight"), e.getMessage());
  }

  @Test
  void aNearMissNamesTheDifference() {
    Path file =
        write(
            "attention_net.0.weight 5x9",
            "attention_net.3.attention_a.0.weight 4x5",
            "attention_net.3.attention_b.0.weight 4x5",
            "attention_net.3.attention_d.weight 2x4",
            "classifiers.weight 1x10");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file));
    assertTrue(
        e.getMessage()
            .endsWith(
                "the nearest is clam, but there is no 'attention_net.3.attention_c.weight'; not in"
                    + " that layout: attention_net.3.attention_d.weight"),
        e.getMessage());
  }

  @Test
  void severalLayersAreNamed() {
    Path file =
        write("a.ws1.weight 4x3", "a.ws2.weight 2x4", "b.ws1.weight 4x3", "b.ws2.weight 1x4");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file));
    assertTrue(
        e.getMessage()
            .endsWith(
                "it holds 2 attention layers, choose one by its prefix: lin2017 below 'a.', lin2017"
                    + " below 'b.'"),
        e.getMessage());
    assertEquals(1, ReadLayer.from(file, Checkpoint.AUTO, "b").heads());
  }

  @Test
  void aShapeThatDoesNotFitIsNamed() {
    Path file = write("ws1.weight 4x3", "ws2.weight 2x5");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file));
    assertTrue(
        e.getMessage()
            .endsWith(
                "the nearest is lin2017, but 'ws2.weight' is F32 [2, 5], so it takes 5 values, must"
                    + " take the 4 that come before it"),
        e.getMessage());
  }

  @Test
  void anUnknownNameListsThoseThereAre() {
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> Layout.named("clamm"));
    assertTrue(e.getMessage().contains("there is no 'clamm', must be one of attnpool, "), "");
    assertEquals("attnpool", Layout.named("seed").name());
    assertEquals("abmil-gated", Layout.named("abmil_gated").name());
  }

  /** A layout's own patterns are of what follows the prefix. */
  @Test
  void aPrefixDoesNotFallUnderALayoutsPatterns() {
    Path file =
        write(
            "net.attention.0.weight 4x3",
            "net.attention.2.weight 1x4",
            "net.myfc.weight 2x3",
            "net.transformer.weight 3x3");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file));
    assertTrue(e.getMessage().contains("net.transformer.weight"), e.getMessage());
  }

  @Test
  void anOpenNumberMustBeThere() {
    Path file = write("h.weight 4x3", "a.weight 1x4");
    Layout layout =
        Layout.parse(
            "{\"attnpool-layout\": 1, \"hidden\": [{\"linear\": \"h{n}\"}],"
                + " \"score\": [{\"linear\": \"a\"}]}");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file, layout));
    assertTrue(e.getMessage().contains("there is no 'h{n}.weight'"), e.getMessage());
  }

  /** What a layout ignores must not hide the layer itself, however much of it there is. */
  @Test
  void manyPlacesOfOneMapDoNotHideALayer() {
    List<String> tensors = new ArrayList<>(List.of("pool.h.weight 4x3", "pool.z.weight 1x4"));
    for (int i = 0; i < 1500; i++) {
      tensors.add("a." + i + ".h.weight 4x3");
    }
    Path file = write(tensors.toArray(String[]::new));
    Layout layout =
        Layout.parse(
            "{\"attnpool-layout\": 1, \"hidden\": [{\"linear\": \"h\"}],"
                + " \"score\": [{\"linear\": \"z\"}]}");
    assertEquals(1, ReadLayer.from(file, layout).heads());
  }

  @Test
  void mapsOfTooManyHeadsAreRefused() {
    List<String> tensors = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      tensors.add("h." + i + ".weight 200x2");
      tensors.add("k." + i + ".weight 200x200");
      tensors.add("a." + i + ".weight 1x200");
    }
    Path file = write(tensors.toArray(String[]::new));
    Layout layout =
        Layout.parse(
            "{\"attnpool-layout\": 1, \"hidden\": [{\"linear\": \"h.{i}\"}, {\"linear\":"
                + " \"k.{i}\"}], \"score\": [{\"linear\": \"a.{i}\"}]}");
    AttnPoolException e = assertThrows(AttnPoolException.class, () -> ReadLayer.from(file, layout));
    assertTrue(e.getMessage().contains("are 400000000 values as one map"), e.getMessage());
  }
}
