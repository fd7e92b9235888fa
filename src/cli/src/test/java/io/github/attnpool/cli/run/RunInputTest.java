package io.github.attnpool.cli.run;

import static io.github.attnpool.cli.SampleFiles.WIDTH;
import static io.github.attnpool.cli.SampleFiles.longs;
import static io.github.attnpool.cli.SampleFiles.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.Cli;
import io.github.attnpool.cli.SampleFiles;
import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.format.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What run takes from its input file, whole and in chunks. */
class RunInputTest {
  private static final float NEVER = Float.NEGATIVE_INFINITY;

  @TempDir private Path folder;
  private SampleFiles files;
  private Path output;

  @BeforeEach
  void prepare() {
    files = new SampleFiles(folder);
    files.weights(2, 0);
    output = folder.resolve("output.safetensors");
  }

  @Test
  void findsTheRowsByName() {
    Tensor x = random("x", 4, WIDTH);
    files.write("input.safetensors", x);
    float[] expected = context();
    files.write("input.safetensors", named("feats", x));
    assertArrayEquals(expected, context());
    files.write("input.safetensors", named("feats", random("y", 4, WIDTH)), named("deep.rows", x));
    Cli cli = run("--x", "deep.rows");
    assertEquals(ExitStatus.GOOD, cli.status(), cli.err());
    assertEquals(
        "attnpool: not used of " + folder.resolve("input.safetensors") + ": feats",
        cli.err().strip());
    assertArrayEquals(expected, SampleFiles.floats(output, "context"));
    assertTrue(run("--x", "deep.rows", "--json").out().contains("\"ignoredTensors\":[\"feats\"]"));
    assertTrue(run("--x", "rows").err().contains("there is no tensor 'rows', found "));
  }

  private static Tensor named(String name, Tensor tensor) {
    return new Tensor(name, tensor.type(), tensor.shape(), tensor.data());
  }

  @Test
  void takesSomeColumns() {
    Tensor x = random("x", 2, 3, WIDTH);
    files.write("input.safetensors", x);
    float[] expected = context();
    float[] wide = new float[2 * 3 * (WIDTH + 3)];
    for (int row = 0; row < 6; row++) {
      for (int i = 0; i < WIDTH; i++) {
        wide[row * (WIDTH + 3) + 2 + i] = x.toFloatArray()[row * WIDTH + i];
      }
    }
    files.write("input.safetensors", Tensor.of("x", wide, 2, 3, WIDTH + 3));
    assertArrayEquals(expected, context("--columns", "2:5"));
    assertArrayEquals(expected, context("--columns", "2:5", "--stream"));
    assertTrue(
        run("--columns", "2:7").err().contains("columns are 2:7, but x is F32 [2, 3, 6], which"));
    assertTrue(run("--columns", "1:6").err().contains("rows of x in "));
  }

  @Test
  void pooledBagsAreThoseOfOffsets() {
    files.write("input.safetensors", random("x", 6, WIDTH), longs("offsets", 0, 2, 3, 6));
    float[] expected = context();
    files.write("input.safetensors", random("x", 6, WIDTH), longs("bags", 4, 4, 9, 1, 1, 1));
    assertArrayEquals(expected, context());
    assertArrayEquals(expected, context("--stream"));
  }

  @Test
  void addsABiasToTheScores() {
    Tensor x = random("x", 2, 3, WIDTH);
    Tensor bias = Tensor.of("bias", new float[] {0, NEVER, 2, NEVER, NEVER, 0.5f}, 2, 3);
    files.write("input.safetensors", x);
    run("--outputs", "scores");
    float[] scores = SampleFiles.floats(output, "scores"); // [2,2,3]
    files.write("input.safetensors", x, bias);
    Cli cli = run("--outputs", "scores,weights");
    assertEquals(ExitStatus.GOOD, cli.status(), cli.err());
    float[] biased = SampleFiles.floats(output, "scores");
    float[] weights = SampleFiles.floats(output, "weights");
    for (int i = 0; i < scores.length; i++) {
      float added = bias.toFloatArray()[i / 6 * 3 + i % 3];
      assertEquals(scores[i] + added, biased[i], 1e-6);
      assertEquals(added == NEVER ? 0 : weights[i], weights[i]);
    }
    assertEquals(1, weights[8]);
    files.write("input.safetensors", x, Tensor.of("bias", new float[18], 2, 3, 3));
    assertTrue(run().err().contains("has values for 3 heads, the layer has 2"), () -> run().err());
  }

  @Test
  void takesAnInputWithoutRows() {
    for (Tensor nothing :
        List.of(
            Tensor.of("features", new float[0], 0, WIDTH),
            Tensor.of("features", new float[0], 0))) {
      files.write("input.safetensors", nothing);
      assertArrayEquals(new float[2 * WIDTH], context());
      assertArrayEquals(new float[2 * WIDTH], context("--stream"));
    }
  }

  @Test
  void refusesANameThatIsNearlyOneOfOurs() {
    files.write("input.safetensors", random("x", 2, 3, WIDTH), longs("length", 1, 2));
    Cli cli = run();
    assertEquals(ExitStatus.FAILED, cli.status());
    assertEquals(1, cli.err().lines().count());
    assertTrue(cli.err().contains("there is a tensor 'length', which is not used"), cli.err());
  }

  private float[] context(String... more) {
    Cli cli = run(more);
    assertEquals("", cli.err());
    return SampleFiles.floats(output, "context");
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
}
