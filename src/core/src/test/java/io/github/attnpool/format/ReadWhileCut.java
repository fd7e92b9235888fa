package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Runs in a JVM of its own: cuts a file short while it is mapped, then reads it. */
final class ReadWhileCut {
  private static final int ROUNDS = 50;

  private ReadWhileCut() {}

  public static void main(String[] args) throws IOException {
    Path path = Path.of(args[0]);
    float sum = 0;
    int failures = 0;
    try (Arena arena = Arena.ofConfined();
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      Tensor tensor = TensorFile.open(path).load("x", arena); // stays open until the JVM ends
      sum += tensor.toFloatArray()[0];
      file.setLength(5000);
      for (int i = 0; i < ROUNDS; i++) {
        try {
          sum += tensor.toFloatArray()[0];
        } catch (AttnPoolException e) {
          if (!e.getMessage().contains("was cut short")) {
            throw e;
          }
          failures++;
        }
      }
    }
    System.out.println(failures + " of " + ROUNDS + " noticed, " + sum);
  }
}
