package io.github.attnpool.cli;

import static io.github.attnpool.cli.SampleFiles.WIDTH;
import static io.github.attnpool.cli.SampleFiles.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a JVM of its own, as the launcher starts it. */
class ForkedProcessTest {
  @TempDir private Path folder;

  @Test
  void poolsOnTheBestBackendWithoutWarnings() throws Exception {
    SampleFiles files = new SampleFiles(folder);
    Path weights = files.weights(1, 2);
    Path input = files.write("input.safetensors", random("x", 2, 4, WIDTH));
    Path output = folder.resolve("output.safetensors");
    Cli cli =
        fork(
            "run", "--json",
            "--weights", weights.toString(),
            "--input", input.toString(),
            "--output", output.toString());
    assertEquals("", cli.err());
    assertEquals(ExitStatus.GOOD, cli.status());
    assertTrue(cli.out().startsWith("{\"backend\":\"onednn\""), cli.out());
    assertEquals(3, SampleFiles.describe(output).size());
  }

  @Test
  void endsWithTheStatusOfAFailure() throws Exception {
    Cli cli = fork("inspect", folder.resolve("absent").toString());
    assertEquals(ExitStatus.FAILED, cli.status());
    assertEquals(
        "attnpool: read " + folder.resolve("absent") + ": there is no such file\n", cli.err());
    assertEquals("", cli.out());
  }

  private Cli fork(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=io.github.attnpool.bindings",
                "--illegal-native-access=deny",
                "--module-path",
                System.getProperty("jdk.module.path"),
                "--class-path",
                System.getProperty("java.class.path"),
                "--module",
                "io.github.attnpool.cli/io.github.attnpool.cli.Main"));
    command.addAll(List.of(args));
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int status = process.waitFor();
    return new Cli(status, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }
}
