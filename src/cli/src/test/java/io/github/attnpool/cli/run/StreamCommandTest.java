package io.github.attnpool.cli.run;

import static io.github.attnpool.cli.SampleFiles.WIDTH;
import static io.github.attnpool.cli.SampleFiles.longs;
import static io.github.attnpool.cli.SampleFiles.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.Cli;
import io.github.attnpool.cli.SampleFiles;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.format.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command run with --stream. */
class StreamCommandTest {
  @TempDir private Path folder;
  private SampleFiles files;
  private Path output;

  @BeforeEach
  void prepare() {
    files = new SampleFiles(folder);
    output = folder.resolve("output.safetensors");
  }

  @Test
  void writesWhatTheWholeRunWritesUnlessAskedForOthers() {
    files.weights(1, 2);
    files.write("input.safetensors", random("x", 2, 4, WIDTH), longs("lengths", 4, 1));
    Cli cli = good();
    assertEquals(
        Map.of("context", "F32 [2, 3]", "weights", "F32 [2, 4]", "logits", "F32 [2, 2]"),
        SampleFiles.describe(output));
    assertTrue(cli.out().contains("2 sequences, 5 rows"), cli.out());
    assertTrue(cli.out().contains("streamed at"), cli.out());
    assertEquals("", cli.err());
    good("--outputs", "scores");
    assertEquals(Map.of("scores", "F32 [2, 4]"), SampleFiles.describe(output));
  }

  @Test
  void helpNamesTheSameDefaultsAsForTheWholeRun() {
    String help = Cli.run("run", "--help").out().replaceAll("\\s+", " ");
    assertTrue(
        help.contains("Default: context, weights, and logits if there is an output layer."), help);
  }

  @Test
  void givesTheFileThatTheWholeRunGives() throws Exception {
    files.weights(2, 2);
    files.write("input.safetensors", random("x", 900, WIDTH), longs("offsets", 0, 700, 700, 900));
    String[] outputs = {"--outputs", "context,weights,scores,logits"};
    run(outputs);
    byte[] whole = Files.readAllBytes(output);
    good(outputs);
    assertArrayEquals(whole, Files.readAllBytes(output));
    assertEquals(
        List.of("input.safetensors", "output.safetensors", "weights.safetensors"), names());
  }

  @Test
  void comparesWhatIsWrittenAndWhatIsOnlyExpected() {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 2, 400, WIDTH), longs("lengths", 400, 1));
    run("--outputs", "context,weights,scores");
    Path expected = folder.resolve("expected");
    assertTrue(output.toFile().renameTo(expected.toFile()));
    Cli cli = good("--expect", expected.toString(), "--tolerance", "0");
    assertTrue(
        cli.out().matches("(?s).*weights +largest absolute difference 0.00\\R.*"), cli.out());
    assertEquals(
        Map.of("context", "F32 [2, 3]", "weights", "F32 [2, 400]"), SampleFiles.describe(output));

    float[] weights = SampleFiles.floats(expected, "weights");
    weights[400] = 0.5f;
    files.write("expected", Tensor.of("weights", weights, 2, 400));
    Cli bad = stream("--expect", expected.toString(), "--json");
    assertEquals(ExitStatus.DIFFERENT, bad.status());
    assertTrue(bad.out().contains("\"streamed\":true,\"gigabytesPerSecond\":"), bad.out());
    assertTrue(bad.out().contains("\"maxAbsError\":{\"weights\":0.5}"), bad.out());
  }

  @Test
  void needsNoOutputFile() {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 5, WIDTH));
    Cli cli = Cli.run(withoutOutput("--stream", "--json"));
    assertEquals(ExitStatus.GOOD, cli.status(), cli.err());
    assertTrue(cli.out().contains("\"rows\":5"), cli.out());
    assertEquals(List.of("input.safetensors", "weights.safetensors"), names());
  }

  @Test
  void wantsThePlanFused() {
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 5, WIDTH));
    Cli cli = stream("--plan", "staged");
    assertEquals(ExitStatus.USAGE, cli.status());
    assertTrue(cli.err().contains("--stream needs --plan fused"), cli.err());
    assertFalse(Files.exists(output));
  }

  @Test
  void leavesNothingOfAFailedRun() throws Exception {
    files.weights(1, 0);
    Path input =
        files.write("input.safetensors", random("x", 2, 400, WIDTH), longs("lengths", 9, 0));
    Cli empty = stream("--empty", "error");
    assertEquals(ExitStatus.FAILED, empty.status());
    assertEquals(
        "attnpool: forward: sequence 1 has no rows, must have at least one", empty.err().strip());
    byte[] bytes = Files.readAllBytes(input);
    Files.write(input, Arrays.copyOf(bytes, bytes.length - 1));
    Cli cut = stream();
    assertEquals(ExitStatus.FAILED, cut.status());
    assertTrue(cut.err().contains("was it cut short?"), cut.err());
    assertEquals(1, cut.err().lines().count());
    files.write("input.safetensors", random("x", 2, 4, 5));
    Cli wide = stream();
    assertTrue(wide.err().contains("have 5 values, must have the 3"), wide.err());
    assertEquals(List.of("input.safetensors", "weights.safetensors"), names());
  }

  private List<String> names() {
    return files.names();
  }

  private Cli good(String... more) {
    Cli cli = stream(more);
    assertEquals("", cli.err());
    assertEquals(ExitStatus.GOOD, cli.status());
    return cli;
  }

  private Cli stream(String... more) {
    List<String> args = new ArrayList<>(List.of("--stream", "--output", output.toString()));
    args.addAll(List.of(more));
    return Cli.run(withoutOutput(args.toArray(String[]::new)));
  }

  private void run(String... more) {
    List<String> args = new ArrayList<>(List.of("--output", output.toString()));
    args.addAll(List.of(more));
    assertEquals(ExitStatus.GOOD, Cli.run(withoutOutput(args.toArray(String[]::new))).status());
  }

  private List<String> withoutOutput(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "run",
                "--backend",
                "jvm",
                "--weights",
                folder.resolve("weights.safetensors").toString(),
                "--input",
                folder.resolve("input.safetensors").toString()));
    args.addAll(List.of(more));
    return args;
  }
}
