package io.github.attnpool.cli;

import static io.github.attnpool.cli.SampleFiles.WIDTH;
import static io.github.attnpool.cli.SampleFiles.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.cli.spi.ExitStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  void saysInALineWhyAutoFallsBackToJava() throws Exception {
    SampleFiles files = new SampleFiles(folder);
    Path weights = files.weights(1, 0);
    Path input = files.write("input.safetensors", random("x", 2, 4, WIDTH));
    String unknown = "-Dos.arch=s390x"; // for which no libraries are packed
    for (String backend : List.of("auto", "jvm")) {
      Cli cli =
          fork(
              List.of(unknown),
              "run",
              "--json",
              "--backend",
              backend,
              "--weights",
              weights.toString(),
              "--input",
              input.toString());
      assertEquals(ExitStatus.GOOD, cli.status(), cli.err());
      assertTrue(cli.out().startsWith("{\"backend\":\"jvm\""), cli.out());
      if (backend.equals("auto")) {
        assertEquals(1, cli.err().lines().count(), cli.err());
        assertTrue(cli.err().startsWith("attnpool: backend onednn cannot be used: "), cli.err());
        assertTrue(cli.err().stripTrailing().endsWith("; taking jvm"), cli.err());
      } else {
        assertEquals("", cli.err());
      }
    }
  }

  @Test
  void endsWithTheStatusOfAFailure() throws Exception {
    Cli cli = fork("inspect", folder.resolve("absent").toString());
    assertEquals(ExitStatus.FAILED, cli.status());
    assertEquals(
        "attnpool: read " + folder.resolve("absent") + ": there is no such file\n", cli.err());
    assertEquals("", cli.out());
  }

  /** By a signal, as Ctrl-C sends one too. */
  @Test
  void leavesNoHalfFileWhenItIsEnded() throws Exception {
    SampleFiles files = new SampleFiles(folder);
    Path weights = files.weights(1, 0);
    Path input = folder.resolve("input.safetensors");
    writeZeros(input, 1L << 28); // 3 GiB, of which the file system stores next to nothing
    Path output = folder.resolve("output.safetensors");
    Process process =
        start(
            "run", "--stream",
            "--threads", "1",
            "--weights", weights.toString(),
            "--input", input.toString(),
            "--output", output.toString());
    Path stdout = folder.resolve("stdout");
    for (int i = 0; i < 3000 && unfinished(files).isEmpty() && process.isAlive(); i++) {
      Thread.sleep(10);
    }
    assertEquals(1, unfinished(files).size(), Files.readString(stdout, UTF_8));
    process.destroy();
    process.waitFor();
    assertEquals(List.of(), unfinished(files));
    assertFalse(Files.exists(output));
  }

  private static List<String> unfinished(SampleFiles files) {
    return files.names().stream().filter(name -> name.endsWith(".tmp")).toList();
  }

  private static void writeZeros(Path file, long rows) throws IOException {
    String header =
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[%d,3],\"data_offsets\":[0,%d]}}"
            .formatted(rows, 12 * rows);
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, start.putLong(header.length()).put(header.getBytes(UTF_8)).array());
    try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
      whole.setLength(start.capacity() + 12 * rows);
    }
  }

  private Cli fork(String... args) throws IOException, InterruptedException {
    return fork(List.of(), args);
  }

  private Cli fork(List<String> options, String... args) throws IOException, InterruptedException {
    int status = start(options, args).waitFor();
    return new Cli(
        status,
        Files.readString(folder.resolve("stdout"), UTF_8),
        Files.readString(folder.resolve("stderr"), UTF_8));
  }

  private Process start(String... args) throws IOException {
    return start(List.of(), args);
  }

  private Process start(List<String> options, String... args) throws IOException {
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
    command.addAll(1, options);
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("stdout").toFile())
        .redirectError(folder.resolve("stderr").toFile())
        .start();
  }
}
