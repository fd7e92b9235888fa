package io.github.attnpool.cli;

import static io.github.attnpool.cli.SampleFiles.WIDTH;
import static io.github.attnpool.cli.SampleFiles.longs;
import static io.github.attnpool.cli.SampleFiles.random;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.spi.ExitStatus;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad files: status 1, one line that names file and fault, and nothing written. */
class BadFilesTest {
  @TempDir private Path folder;
  private SampleFiles files;
  private Path weights;
  private Path input;

  @BeforeEach
  void prepare() {
    files = new SampleFiles(folder);
    weights = files.weights(1, 0);
    input = files.write("input.safetensors", random("x", 2, 4, WIDTH));
  }

  @Test
  void thatAreNotThere() {
    weights = folder.resolve("absent");
    refuse("absent: there is no such file");
    weights = files.weights(1, 0);
    input = folder.resolve("absent");
    refuse("absent: there is no such file");
    input = folder.resolve("absent.npy");
    refuse("absent.npy: there is no such file");
    input = folder;
    refuse(folder.toString());
  }

  @Test
  void thatAreCutOrHostile() throws IOException {
    byte[] whole = Files.readAllBytes(input);
    Files.write(input, Arrays.copyOf(whole, whole.length - 4));
    refuse("was it cut short?");
    Files.write(input, Arrays.copyOf(whole, 5));
    refuse("too few for a safetensors file");
    Files.write(input, "\377\377\377\377\377\377\377\177{}".getBytes(ISO_8859_1));
    refuse("the header's length is given as 9223372036854775807");
    Files.write(input, "\2\0\0\0\0\0\0\0[]".getBytes(ISO_8859_1));
    refuse("input.safetensors");
    Files.write(input, "\223NUMPY\1\0".getBytes(ISO_8859_1));
    refuse("input.safetensors: it is not a .npy file");
  }

  @Test
  void thatHoldNoSoundBatch() {
    refuse("there is no tensor 'x', 'features' or 'feats', found y", random("y", 2, 4, WIDTH));
    refuse("x is F32 [3], must be [B,T,H] or [N,H]", random("x", WIDTH));
    refuse("lengths[1] is -1, must be 0 to 4", random("x", 2, 4, WIDTH), longs("lengths", 4, -1));
    refuse("there is a tensor 'length'", random("x", 2, 4, WIDTH), longs("length", 4, 1));
    refuse("offsets[2] is 1", random("x", 4, WIDTH), longs("offsets", 0, 3, 1, 4));
    refuse(
        "lengths is F32 [2], must be integers [2]",
        random("x", 2, 4, WIDTH),
        Tensor.of("lengths", new float[] {Float.NaN, 1}, 2));
  }

  @Test
  void thatDoNotFitTheWeights() {
    refuse("have 5 values, must have the 3", random("x", 2, 4, 5));
    weights = files.write("other.safetensors", random("some.thing", 2, 2));
    refuse("it does not fit any known layout, and none is near; found some.thing");
    weights = files.write("other.safetensors", random("a.weight", 2, 2, 2));
    refuse("'a.weight' is F32 [2, 2, 2]");
    weights = files.write("other.safetensors", random("W.weight", 2, 3), random("a.weight", 1, 5));
    refuse("other.safetensors");
  }

  @Test
  void thatCannotBeWritten() throws IOException {
    refuseOutput(folder.resolve("no/such/folder"), "there is no directory");
    refuseOutput(folder, "is a directory");
    refuseOutput(weights.resolve("below"), "there is no directory");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
    refuseOutput(link, "is a link that leads nowhere");
    Files.delete(link);
    if (Files.exists(Path.of("/dev/null"))) {
      refuseOutput(Path.of("/dev/null"), "is not a regular file");
    }
  }

  @Test
  void thatWouldBeOverwrittenByTheOutput() {
    Cli cli = run(input, "--expect", weights.toString());
    assertEquals(ExitStatus.USAGE, cli.status());
    assertTrue(cli.err().contains("--output and --input are the same file"), cli.err());
  }

  private void refuse(String problem, Tensor... tensors) {
    input = files.write("input.safetensors", tensors);
    refuse(problem);
  }

  private void refuse(String problem) {
    refuseOutput(folder.resolve("output"), problem);
  }

  private void refuseOutput(Path output, String problem) {
    List<String> before = files.names();
    Cli cli = run(output);
    assertEquals(ExitStatus.FAILED, cli.status(), cli.err());
    assertTrue(cli.err().startsWith("attnpool: "), cli.err());
    assertTrue(cli.err().contains(problem), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
    assertEquals("", cli.out());
    assertEquals(before, files.names());
  }

  private Cli run(Path output, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "run",
                "--backend",
                "jvm",
                "--weights",
                weights.toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }
}
