package io.github.attnpool.cli.run;

import static io.github.attnpool.cli.SampleFiles.UNITS;
import static io.github.attnpool.cli.SampleFiles.WIDTH;
import static io.github.attnpool.cli.SampleFiles.longs;
import static io.github.attnpool.cli.SampleFiles.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.ElementType;
import io.github.attnpool.cli.Cli;
import io.github.attnpool.cli.SampleFiles;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
  @TempDir private Path folder;
  private SampleFiles files;
  private Path output;

  @BeforeEach
  void prepare() {
    files = new SampleFiles(folder);
    output = folder.resolve("output.safetensors");
  }

  @Test
  void writesContextAndWeightsOfAPaddedBatch() {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 2, 4, WIDTH), longs("lengths", 4, 1));
    Cli cli = good();
    assertEquals(
        Map.of("context", "F32 [2, 3]", "weights", "F32 [2, 4]"), SampleFiles.describe(output));
    assertTrue(cli.out().contains("2 sequences, 5 rows"), cli.out());
    assertArrayEquals(new float[] {1, 0, 0, 0}, last(SampleFiles.floats(output, "weights"), 4));
  }

  @Test
  void keepsTheHeadsDimensionOnlyWhereThereAreSeveral() {
    files.weights(2, 5);
    files.write("input.safetensors", random("x", 3, 4, WIDTH));
    good("--outputs", "context,weights,scores,logits");
    assertEquals(
        Map.of(
            "context", "F32 [3, 2, 3]",
            "weights", "F32 [3, 2, 4]",
            "scores", "F32 [3, 2, 4]",
            "logits", "F32 [3, 5]"),
        SampleFiles.describe(output));
  }

  @Test
  void writesRaggedResultsByRow() {
    files.weights(2, 0);
    files.write("input.safetensors", random("x", 5, WIDTH), longs("offsets", 0, 2, 2, 5));
    good("--outputs", "context,scores");
    assertEquals(
        Map.of("context", "F32 [3, 2, 3]", "scores", "F32 [2, 5]"), SampleFiles.describe(output));
  }

  @Test
  void takesRowsWithoutOffsetsAsOneSequence() {
    files.weights(1, 2);
    files.write("input.safetensors", random("x", 5, WIDTH));
    good();
    assertEquals(
        Map.of("context", "F32 [1, 3]", "weights", "F32 [5]", "logits", "F32 [1, 2]"),
        SampleFiles.describe(output));
  }

  @Test
  void masksBothByLengthsAndByKeep() {
    files.weights(1, 0);
    byte[] keep = {0, 1, 1, 1};
    files.write(
        "input.safetensors",
        random("x", 1, 4, WIDTH),
        longs("lengths", 3),
        SampleFiles.bytes("keep", ElementType.BOOL, keep, 1, 4));
    good("--outputs", "weights,scores");
    float[] weights = SampleFiles.floats(output, "weights");
    float[] scores = SampleFiles.floats(output, "scores");
    assertEquals(0, weights[0]);
    assertEquals(0, weights[3]);
    assertEquals(Float.NEGATIVE_INFINITY, scores[3]);
    assertEquals(1, weights[1] + weights[2], 1e-6);
  }

  @Test
  void readsTensorsBelowAPrefix() {
    files.weights("pool.", 1, 0);
    files.write("input.safetensors", random("x", 1, 4, WIDTH));
    good("--prefix", "pool");
    good("--prefix", "pool.");
    String found = good().out();
    assertTrue(found.contains("assumed: hidden tanh; prefix 'pool.'"), found);
  }

  @Test
  void replacesAnExistingFileAndFollowsALink() throws Exception {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 1, 4, WIDTH));
    Files.writeString(folder.resolve("real"), "old");
    Files.createSymbolicLink(output, Path.of("real"));
    good();
    assertTrue(Files.isSymbolicLink(output));
    assertEquals(2, SampleFiles.describe(folder.resolve("real")).size());
  }

  @Test
  void printsOneJsonObject() {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 2, 4, WIDTH), longs("lengths", 4, 1));
    Cli cli = good("--json", "--threads", "1");
    assertTrue(
        cli.out()
            .matches(
                "\\{\"backend\":\"jvm\",\"isa\":\"[^\"]+\",\"plan\":\"[a-z]+\",\"precision\":\"f32\","
                    + "\"threads\":1,\"layout\":\"attnpool\",\"prefix\":\"\",\"activation\":\"tanh\",\"temperature\":1.0,\"assumed\":\\[\"hidden"
                    + " tanh\"\\],\"unused\":\\[\\],"
                    + "\"sequences\":2,\"rows\":5,\"millis\":[0-9.E-]+,"
                    + "\"ignoredTensors\":\\[\\],\"streamed\":false\\}\\R"),
        cli.out());
  }

  @Test
  void needsNoOutputFileToPrintJson() {
    files.weights(1, 0);
    Path input = files.write("input.safetensors", random("x", 2, 4, WIDTH));
    Cli cli =
        Cli.run(
            "run",
            "--backend",
            "jvm",
            "--json",
            "--weights",
            folder.resolve("weights.safetensors").toString(),
            "--input",
            input.toString());
    assertEquals(ExitStatus.GOOD, cli.status(), cli.err());
  }

  @Test
  void yieldsWhatIsChosenForAnEmptySequence() {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 1, 2, WIDTH), longs("lengths", 0));
    good("--empty", "zero");
    assertArrayEquals(new float[2], SampleFiles.floats(output, "weights"));
    good("--empty", "nan");
    assertTrue(Float.isNaN(SampleFiles.floats(output, "weights")[0]));
    good("--empty", "uniform");
    assertArrayEquals(new float[] {0.5f, 0.5f}, SampleFiles.floats(output, "weights"));
    Cli error = run("--empty", "error");
    assertEquals(ExitStatus.FAILED, error.status());
  }

  @Test
  void asksWithTheQueriesOfTheFile() {
    files.weights(1, 0); // without a query map, a query is the query term itself
    files.write("input.safetensors", random("x", 2, 4, WIDTH));
    good("--outputs", "scores");
    float[] without = SampleFiles.floats(output, "scores");
    Tensor none = Tensor.of("queries", new float[2 * UNITS], 2, UNITS);
    files.write("input.safetensors", random("x", 2, 4, WIDTH), none);
    good("--outputs", "scores");
    assertArrayEquals(without, SampleFiles.floats(output, "scores"));
    files.write("input.safetensors", random("x", 2, 4, WIDTH), random("queries", 2, UNITS));
    good("--outputs", "scores");
    assertFalse(Arrays.equals(without, SampleFiles.floats(output, "scores")));
    files.write("input.safetensors", random("x", 2, 4, WIDTH), random("queries", 2, 9));
    Cli cli = run();
    assertEquals(ExitStatus.FAILED, cli.status());
    assertEquals(
        "attnpool: run: queries in %s have 9 values, must have the 2 that the layer takes"
            .formatted(folder.resolve("input.safetensors")),
        cli.err().strip());
  }

  @Test
  void namesTheFileThatLacksQueriesOrHasThemInVain() {
    files.write(
        "weights.safetensors",
        random("W_k.weight", UNITS, WIDTH),
        random("W_q.weight", UNITS, 5),
        random("w_v.weight", 1, UNITS));
    Path input = files.write("input.safetensors", random("x", 2, 4, WIDTH));
    assertEquals(
        "attnpool: run: there are no queries in "
            + input
            + ", must be one of 5 values for each sequence",
        run().err().strip());
    files.write("weights.safetensors", random("a.weight", 1, WIDTH));
    files.write("input.safetensors", random("x", 2, 4, WIDTH), random("queries", 2, 5));
    assertEquals(
        "attnpool: run: there are queries in " + input + ", but the layer takes none",
        run().err().strip());
  }

  /** The staged plan of backend onednn has the plain form only; jvm's is far slower. */
  @Test
  void saysWhenAutoTakesASlowerBackendForAForm() throws IOException {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 1, 4, WIDTH));
    Path layout =
        Files.writeString(
            folder.resolve("deep.json"),
            "{\"attnpool-layout\": 1, \"hidden\": [{\"linear\": \"W\"}, {\"activation\": \"tanh\"},"
                + " {\"activation\": \"relu\"}], \"score\": [{\"linear\": \"a\"}]}");
    Cli cli =
        Cli.run(
            "run",
            "--plan=staged",
            "--json",
            "--layout=" + layout,
            "--weights=" + folder.resolve("weights.safetensors"),
            "--input=" + folder.resolve("input.safetensors"));
    assertEquals(ExitStatus.GOOD, cli.status());
    assertTrue(cli.out().contains("\"backend\":\"jvm\""), cli.out());
    assertEquals(
        "attnpool: backend onednn cannot be used: it has no form for an activation (RELU) in stage"
            + " 'hidden'; taking jvm",
        cli.err().strip());
  }

  @Test
  void saysWhichLayerWasUsed() {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 1, 1, WIDTH));
    Cli text = good("--activation", "relu", "--temperature", "0.5");
    assertTrue(
        text.out()
            .matches(
                "(?s).*\\R1 sequence, 1 row in .*; layout attnpool, relu, temperature 0.5\\)\\R"),
        text.out());
    Cli json = good("--activation", "relu", "--temperature", "0.5", "--json");
    assertTrue(
        json.out()
            .contains(
                "\"layout\":\"attnpool\",\"prefix\":\"\",\"activation\":\"relu\",\"temperature\":0.5,"),
        json.out());
    files.write("weights.safetensors", random("a.weight", 1, WIDTH));
    assertTrue(good().out().contains("; layout attnpool, linear form, temperature 1.0)"));
    assertTrue(good("--json").out().contains("\"activation\":null"));
  }

  @Test
  void roundsDoublePrecisionRows() {
    files.weights(1, 0);
    float[] floats = random("x", 2, 4, WIDTH).toFloatArray();
    double[] doubles = new double[floats.length];
    Arrays.setAll(doubles, i -> floats[i] * (1 + 1e-12));
    files.write("input.safetensors", Tensor.of("x", floats, 2, 4, WIDTH));
    good();
    float[] expected = SampleFiles.floats(output, "context");
    files.write(
        "input.safetensors",
        new Tensor("x", ElementType.F64, new long[] {2, 4, WIDTH}, MemorySegment.ofArray(doubles)));
    good();
    assertArrayEquals(expected, SampleFiles.floats(output, "context"));
    good("--stream");
    assertArrayEquals(expected, SampleFiles.floats(output, "context"));
  }

  @Test
  void poolsProjectedRowsOfHalfPrecision() {
    files.write(
        "weights.safetensors",
        random("W.weight", UNITS, 7),
        random("a.weight", 2, UNITS),
        random("proj.weight", 7, WIDTH),
        random("fc.weight", 4, 14));
    short[] halves = new short[2 * WIDTH];
    Arrays.fill(halves, Float.floatToFloat16(1.5f));
    files.write(
        "input.safetensors",
        new Tensor("x", ElementType.F16, new long[] {1, 2, WIDTH}, MemorySegment.ofArray(halves)));
    good();
    assertEquals(
        Map.of("context", "F32 [1, 2, 7]", "weights", "F32 [1, 2, 2]", "logits", "F32 [1, 4]"),
        SampleFiles.describe(output));
    float[] half = SampleFiles.floats(output, "context");
    float[] floats = new float[2 * WIDTH];
    Arrays.fill(floats, 1.5f);
    files.write("input.safetensors", Tensor.of("x", floats, 1, 2, WIDTH));
    good();
    assertArrayEquals(SampleFiles.floats(output, "context"), half);
  }

  @Test
  void poolsABatchWithoutSequences() {
    files.weights(1, 0);
    files.write("input.safetensors", Tensor.of("x", new float[0], 0, 4, WIDTH));
    good();
    assertEquals(
        Map.of("context", "F32 [0, 3]", "weights", "F32 [0, 4]"), SampleFiles.describe(output));
  }

  private Cli good(String... more) {
    Cli cli = run(more);
    assertEquals("", cli.err());
    assertEquals(ExitStatus.GOOD, cli.status());
    return cli;
  }

  private Cli run(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "run",
                "--backend",
                "jvm",
                "--weights",
                folder.resolve("weights.safetensors").toString(),
                "--input",
                folder.resolve("input.safetensors").toString(),
                "--output",
                output.toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }

  private static float[] last(float[] values, int count) {
    return Arrays.copyOfRange(values, values.length - count, values.length);
  }
}
