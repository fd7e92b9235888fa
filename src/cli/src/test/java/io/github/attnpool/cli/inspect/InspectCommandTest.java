package io.github.attnpool.cli.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.ElementType;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.Layout;
import io.github.attnpool.cli.Cli;
import io.github.attnpool.cli.SampleFiles;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectCommandTest {
  @TempDir private Path folder;

  @Test
  void showsTensorsMetadataAndLayout() {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(
        file,
        List.of(
            Tensor.of("a.weight", new float[4], 1, 4),
            SampleFiles.bytes("flag", ElementType.BOOL, new byte[1])),
        Map.of("note", "two\nlines"));
    Cli cli = Cli.run("inspect", file.toString());
    assertEquals(
        List.of(
            "a.weight  F32   [1, 4]",
            "flag      BOOL  []",
            "metadata note = two lines",
            "layout: none recognised",
            "because: layout attnpool explains all but 1 of its tensors: flag; describe them in a"
                + " layout file, or pass --ignore PATTERN if they are not on the path"),
        cli.out().lines().toList());
    assertEquals(ExitStatus.GOOD, cli.status());
  }

  @Test
  void printsOneJsonObject() {
    Path file = folder.resolve("own.safetensors");
    SafetensorsWriter.write(
        file, List.of(Tensor.of("a.weight", new float[4], 1, 4)), Map.of("temperature", "2"));
    assertEquals(
        "{\"format\":\"safetensors\",\"tensors\":{\"a.weight\":{\"type\":\"F32\",\"shape\":[1,4]}},"
            + "\"unreadable\":{},\"metadata\":{\"temperature\":\"2\"},\"layout\":\"attnpool\","
            + "\"prefix\":\"\",\"because\":null,\"layers\":[{\"layout\":\"attnpool\",\"prefix\":\"\",\"source\":\"attnpool's"
            + " own files\",\"note\":null,\"form\":\"linear\",\"inputWidth\":4,\"width\":4,\"units\":0,\"queries\":null,"
            + "\"heads\":1,\"outputs\":0,\"headCombination\":null,\"stages\":{\"score\":[\"linear"
            + " [1]\"]},\"assumed\":[\"temperature 2.0\"],\"unused\":[]}]}",
        Cli.run("inspect", "--json", file.toString()).out().strip());
  }

  @Test
  void namesThePrefixBelowWhichALayoutFits() {
    SampleFiles files = new SampleFiles(folder);
    Path file = files.weights("model.pool.", 1, 0);
    assertEquals(
        List.of(
            "layout: attnpool, with --prefix model.pool.",
            "computes: x [3] -> hidden: linear [2], tanh -> score: linear [1]",
            "assumed: hidden tanh; prefix 'model.pool.'"),
        layers(file));
  }

  @Test
  void saysWhatALayerComputes() {
    SampleFiles files = new SampleFiles(folder);
    Path clam =
        files.write(
            "clam.safetensors",
            SampleFiles.random("attention_net.0.weight", 5, 9),
            SampleFiles.random("attention_net.3.attention_a.0.weight", 4, 5),
            SampleFiles.random("attention_net.3.attention_b.0.weight", 4, 5),
            SampleFiles.random("attention_net.3.attention_c.weight", 2, 4),
            SampleFiles.random("classifiers.0.weight", 1, 5),
            SampleFiles.random("classifiers.1.weight", 1, 5));
    assertEquals(
        List.of(
            "layout: clam",
            "computes: x [9] -> rows: linear [5], relu -> hidden: linear [4], tanh"
                + " -> gate: linear [4], sigmoid -> score: linear [2]"
                + " -> output: linear [2] per head, 2 heads",
            "assumed: rows relu; hidden tanh; gate sigmoid; heads per-head"),
        layers(clam));
    Path han =
        files.write(
            "han.safetensors",
            SampleFiles.random("W", 3, 4),
            SampleFiles.random("b", 4),
            SampleFiles.random("u", 4, 1),
            SampleFiles.random("dec.Wa.weight", 5, 6),
            SampleFiles.random("dec.Ua.weight", 5, 3),
            SampleFiles.random("dec.Va.weight", 1, 5));
    assertEquals(
        List.of(
            "layout: none recognised",
            "because: layout han-keras explains all but 3 of its tensors: dec.Ua.weight,"
                + " dec.Va.weight, dec.Wa.weight; describe them in a layout file, or pass --ignore"
                + " PATTERN if they are not on the path"),
        layers(han));
  }

  @Test
  void saysHowToChooseOneOfSeveralLayers() {
    Path file =
        new SampleFiles(folder)
            .write(
                "han.safetensors",
                SampleFiles.random("net.word_attention.weight", 4, 3),
                SampleFiles.random("net.word_context_vector.weight", 1, 4),
                SampleFiles.random("net.sentence_attention.weight", 6, 5),
                SampleFiles.random("net.sentence_context_vector.weight", 1, 6));
    assertEquals(
        List.of(
            "layout: han, with --layout han --prefix net.",
            "computes: x [3] -> hidden: linear [4], tanh -> score: linear [1]",
            "assumed: hidden tanh; prefix 'net.'",
            "layout: han-sentence, with --layout han-sentence --prefix net.",
            "computes: x [5] -> hidden: linear [6], tanh -> score: linear [1]",
            "assumed: hidden tanh; prefix 'net.'"),
        layers(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gelu_tanh", "gelu-tanh"})
  void spellsAnActivationInOneWay(String stored) {
    Path file = folder.resolve("gelu.safetensors");
    SafetensorsWriter.write(
        file,
        List.of(SampleFiles.random("W.weight", 2, 3), SampleFiles.random("a.weight", 1, 2)),
        Map.of("activation", stored));
    assertEquals(
        List.of(
            "layout: attnpool",
            "computes: x [3] -> hidden: linear [2], gelu-tanh -> score: linear [1]",
            "assumed: hidden gelu-tanh"),
        layers(file));
  }

  @Test
  void saysWhichQueriesALayerTakes() {
    SampleFiles files = new SampleFiles(folder);
    Path plain = files.weights(1, 0);
    assertEquals(
        "queries: [B, 2], optional: added to the hidden units of each sequence", queries(plain));
    String json = Cli.run("inspect", "--json", plain.toString()).out();
    assertTrue(json.contains("\"queries\":{\"width\":2,\"required\":false}"), json);
    Path mapped =
        files.write(
            "mapped.safetensors",
            SampleFiles.random("Wa.weight", 5, 6),
            SampleFiles.random("Ua.weight", 5, 3),
            SampleFiles.random("Va.weight", 1, 5));
    assertEquals("queries: [B, 6], one per sequence, through the query stage", queries(mapped));
    json = Cli.run("inspect", "--json", mapped.toString()).out();
    assertTrue(json.contains("\"queries\":{\"width\":6,\"required\":true}"), json);
    Path linear = files.write("linear.safetensors", SampleFiles.random("a.weight", 1, 4));
    assertEquals("", queries(linear));
  }

  private static String queries(Path file) {
    return Cli.run("inspect", file.toString())
        .out()
        .lines()
        .filter(line -> line.startsWith("queries: "))
        .collect(Collectors.joining());
  }

  @Test
  void saysThatNoLayoutFits() {
    Path file = new SampleFiles(folder).write("x.safetensors", SampleFiles.random("x", 1, 2));
    Cli cli = Cli.run("inspect", file.toString());
    assertEquals(List.of("layout: none recognised"), layers(file));
    assertEquals(ExitStatus.GOOD, cli.status());
  }

  @Test
  void namesTheNearestLayout() {
    Path file =
        new SampleFiles(folder).write("x.safetensors", SampleFiles.random("ws1.weight", 1, 2));
    assertEquals(
        List.of(
            "layout: none recognised",
            "because: it does not fit any known layout; the nearest is lin2017, but there is no"
                + " 'ws2.weight'"),
        layers(file));
  }

  @Test
  void showsTheArrayOfAnNpyFile() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
    byte[] bytes =
        ("\223NUMPY\1\0" + (char) header.length() + "\0" + header + "\0".repeat(8))
            .getBytes(ISO_8859_1);
    Path file = Files.write(folder.resolve("x.npy"), bytes);
    Cli cli = Cli.run("inspect", file.toString());
    assertEquals(List.of("x  F32   [1, 2]", "layout: none recognised"), cli.out().lines().toList());
  }

  @Test
  void printsAKnownLayout() {
    Cli cli = Cli.run("inspect", "--layout", "lin2017", "--print");
    assertEquals(ExitStatus.GOOD, cli.status());
    assertEquals("lin2017", Layout.parse(cli.out()).name());
    assertEquals(ExitStatus.USAGE, Cli.run("inspect", "--layout", "lin2017").status());
    assertEquals(ExitStatus.USAGE, Cli.run("inspect").status());
  }

  /** A person who puts the draft right can use it as it was printed. */
  @Test
  void suggestsADraft() throws IOException {
    SampleFiles files = new SampleFiles(folder);
    Path file =
        files.write(
            "other.safetensors",
            SampleFiles.random("ws1.weight", 4, 3),
            SampleFiles.random("query.weight", 2, 4));
    Cli cli = Cli.run("inspect", "--suggest", file.toString());
    assertEquals(ExitStatus.GOOD, cli.status());
    assertTrue(cli.out().contains("guessed 'query' for 'ws2'"), cli.out());
    Path draft = Files.writeString(folder.resolve("draft.json"), cli.out());
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertEquals(2, checkpoint.layer().layout(draft.toString()).parameters().heads());
    }
  }

  private static List<String> layers(Path file) {
    return Cli.run("inspect", file.toString())
        .out()
        .lines()
        .dropWhile(line -> !line.startsWith("layout: "))
        .filter(line -> !line.startsWith("queries: ") && !line.startsWith("source: "))
        .map(line -> line.replaceFirst("; note: .*", ""))
        .toList();
  }
}
