package io.github.attnpool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs each sub-command once on small data. The launcher has the JVM archive the classes that this
 * loads, which shortens every later start.
 */
final class StartupTraining {
  private static final int ROWS = 4;
  private static final int WIDTH = 16;

  private StartupTraining() {}

  /**
   * Entry point.
   *
   * @param args sub-commands of other modules, to be run without options
   */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("attnpool-training-");
    try {
      train(folder);
      for (String command : args) {
        run(command);
      }
    } finally {
      delete(folder);
    }
  }

  private static void train(Path folder) {
    String weights = folder.resolve("weights.safetensors").toString();
    String input = folder.resolve("input.safetensors").toString();
    String output = folder.resolve("output.safetensors").toString();
    SafetensorsWriter.write(
        Path.of(weights),
        List.of(
            Tensor.of("W.weight", new float[WIDTH * WIDTH], WIDTH, WIDTH),
            Tensor.of("a.weight", new float[WIDTH], 1, WIDTH)),
        Map.of());
    SafetensorsWriter.write(
        Path.of(input), List.of(Tensor.of("x", new float[ROWS * WIDTH], 1, ROWS, WIDTH)), Map.of());
    run("run", "--weights", weights, "--input", input, "--output", output);
    run("run", "--weights", weights, "--input", input, "--expect", output, "--json");
    run("run", "--weights", weights, "--input", input, "--plan", "fused", "--json");
    run("run", "--weights", weights, "--input", input, "--output", output, "--stream");
    run("explain", "--weights", weights, "--input", input);
    run("inspect", output);
    run("doctor", "--json");
    run("doctor");
  }

  private static void run(String... args) {
    PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8);
    Main.run(nowhere, nowhere, args);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
