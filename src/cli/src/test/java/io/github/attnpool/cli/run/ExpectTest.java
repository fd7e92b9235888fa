package io.github.attnpool.cli.run;

import static io.github.attnpool.cli.SampleFiles.WIDTH;
import static io.github.attnpool.cli.SampleFiles.longs;
import static io.github.attnpool.cli.SampleFiles.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.ElementType;
import io.github.attnpool.cli.Cli;
import io.github.attnpool.cli.SampleFiles;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.format.Tensor;
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

class ExpectTest {
  @TempDir private Path folder;
  private SampleFiles files;
  private Path output;
  private Path good;

  @BeforeEach
  void prepare() {
    files = new SampleFiles(folder);
    output = folder.resolve("output.safetensors");
    good = folder.resolve("good.safetensors");
    files.weights(1, 0);
    files.write("input.safetensors", random("x", 2, 4, WIDTH), longs("lengths", 4, 1));
    assertEquals(
        ExitStatus.GOOD,
        run("--output", good.toString(), "--outputs", "context,weights,scores").status());
  }

  @Test
  void passesOnTheSameResultsAndComputesWhatIsOnlyExpected() {
    Cli cli = expect(good, "--tolerance", "0", "--outputs", "context");
    assertEquals(ExitStatus.GOOD, cli.status(), cli.err());
    for (String name : List.of("context", "weights", "scores")) {
      assertTrue(
          cli.out().matches("(?s).*" + name + " +largest absolute difference 0.00\\R.*"),
          cli.out());
    }
    assertEquals(Map.of("context", "F32 [2, 3]"), SampleFiles.describe(output));
  }

  @Test
  void failsAfterWritingTheOutput() {
    float[] values = SampleFiles.floats(good, "context");
    values[4] += 0.25f;
    Path bad = files.write("bad.safetensors", Tensor.of("context", values, 2, WIDTH));
    Cli cli = expect(bad);
    assertEquals(ExitStatus.DIFFERENT, cli.status());
    assertTrue(
        cli.out().contains("largest absolute difference 0.250 exceeds 1.0E-5: element [1, 1] is"),
        cli.out());
    assertEquals("", cli.err());
    assertTrue(Files.exists(output));
    assertEquals(ExitStatus.GOOD, expect(bad, "--tolerance", "0.3").status());
  }

  @Test
  void givesErrorsByNameInJsonAndNullForNoNumber() {
    float[] weights = SampleFiles.floats(good, "weights");
    weights[0] = Float.NaN;
    Path bad =
        files.write(
            "bad.safetensors",
            Tensor.of("context", SampleFiles.floats(good, "context"), 2, WIDTH),
            Tensor.of("weights", weights, 2, 4));
    Cli cli = expect(bad, "--json");
    assertEquals(ExitStatus.DIFFERENT, cli.status());
    assertTrue(
        cli.out()
            .endsWith(
                "\"maxAbsError\":{\"context\":0.0,\"weights\":null}}" + System.lineSeparator()),
        cli.out());
    assertEquals(1, cli.out().lines().count());
  }

  @Test
  void takesOtherRealTypesAndMissingDimensionsOfSizeOne() {
    float[] floats = SampleFiles.floats(good, "scores");
    double[] doubles = new double[floats.length];
    Arrays.setAll(doubles, i -> floats[i]);
    Path wide =
        files.write(
            "wide.safetensors",
            new Tensor(
                "scores",
                ElementType.F64,
                new long[] {2, 1, 4, 1},
                MemorySegment.ofArray(doubles)));
    assertEquals(ExitStatus.GOOD, expect(wide, "--tolerance", "0").status());
  }

  @Test
  void refusesWhatCannotBeComparedBeforeWriting() {
    refuse("must be named as an output", random("contexts", 2, WIDTH));
    refuse("'context' is [3, 2], but the result is [2, 3]", random("context", WIDTH, 2));
    refuse("'context' is I64 [6], must be real numbers", longs("context", 1, 2, 3, 4, 5, 6));
    refuse("has no output layer", random("logits", 2, 2));
    refuse("it has no tensor to compare with");
  }

  private void refuse(String problem, Tensor... tensors) {
    Cli cli = expect(files.write("refused.safetensors", tensors));
    assertEquals(ExitStatus.FAILED, cli.status());
    assertTrue(cli.err().contains(problem), cli.err());
    assertEquals(1, cli.err().lines().count());
    assertEquals("", cli.out());
    assertFalse(Files.exists(output));
  }

  private Cli expect(Path file, String... more) {
    List<String> args =
        new ArrayList<>(List.of("--output", output.toString(), "--expect", file.toString()));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
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
                folder.resolve("input.safetensors").toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }
}
