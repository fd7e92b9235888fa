package io.github.attnpool.bench.compare;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.peer.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Pools one sequence, as a program whose JVM is timed from its start to its first result. */
public final class FirstResult {
  private FirstResult() {}

  /** Prints a line as soon as it has the result. */
  public static void main(String[] args) {
    BenchModel model = new BenchModel(BenchShape.parse("1x128x256-256"));
    try (AttentionPooling layer = AttentionPooling.builder(model.parameters()).build()) {
      float[] context = layer.pool(model.input(0), model.shape().steps());
      System.out.println(layer.info() + " " + context[0]);
    }
  }

  /** Returns the median of several JVMs, from starting the process to its line, in ms. */
  static double medianMillis(int runs) throws IOException, InterruptedException {
    double[] millis = new double[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      Process process =
          new ProcessBuilder(JavaCommand.of(List.of(), FirstResult.class))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        if (lines.readLine() == null) {
          throw new IOException("the JVM ended without a result");
        }
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
      process.waitFor();
    }
    return Timing.median(millis);
  }
}
