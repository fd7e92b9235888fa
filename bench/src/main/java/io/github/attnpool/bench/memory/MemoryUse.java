package io.github.attnpool.bench.memory;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import io.github.attnpool.bench.Arithmetic;
import io.github.attnpool.bench.BenchModel;
import io.github.attnpool.bench.BenchShape;
import io.github.attnpool.bench.Inputs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Locale;

/**
 * Prints how much native memory a layer takes beyond its input, its outputs and one copy of its
 * weights, and how that depends on T and the number of threads: {@code scripts/bench memory}.
 * Resident memory may even shrink, if a layer reuses memory that an earlier one has freed.
 */
public final class MemoryUse {
  private static final String[] SHAPES = {
    "1x1000x64-64", "1x1000000x64-64", "1x1000x768-768", "1x100000x768-768", "256x64x128-128"
  };
  private static final int CALLS = 20;

  private MemoryUse() {}

  /** Prints the table; takes no arguments. */
  public static void main(String[] args) throws IOException {
    measure("1x1000x64-64", Arithmetic.F32, 2); // loads classes and libraries
    System.out.println("| B×T×H→D | precision | threads | arenas, per thread | resident |");
    System.out.println("| --- | --- | ---: | ---: | ---: |");
    for (Arithmetic arithmetic : Arithmetic.values()) {
      for (int threads : new int[] {1, 2}) {
        for (String shape : SHAPES) {
          System.out.println(measure(shape, arithmetic, threads));
        }
      }
    }
  }

  private static String measure(String text, Arithmetic arithmetic, int threads)
      throws IOException {
    BenchModel model = new BenchModel(BenchShape.parse(text));
    BenchShape shape = model.shape();
    try (Arena arena = Arena.ofShared()) {
      Sequences in = Inputs.of(model, arithmetic.input(), 1, arena).sequences(0);
      long weights = (long) shape.units() * shape.width() * arithmetic.precisionBytes();
      long results = ((long) shape.batch() * shape.width() + shape.rows()) * Float.BYTES;
      System.gc();
      long resident = NativeMemory.resident();
      long before = NativeMemory.ofArenas();
      try (AttentionPooling layer =
          AttentionPooling.builder(model.parameters())
              .backend("onednn")
              .precision(arithmetic.precision())
              .threads(threads)
              .build()) {
        Outputs out = layer.allocate(in, arena);
        for (int i = 0; i < CALLS; i++) {
          layer.forward(in, out);
        }
        long beyond = NativeMemory.ofArenas() - before - weights - results;
        long residentBeyond = NativeMemory.resident() - resident - weights - results;
        return String.format(
            Locale.ROOT,
            "| %s | %s | %d | %.2f MiB | %+.1f MiB |",
            text,
            arithmetic,
            threads,
            mebibytes(beyond) / threads,
            mebibytes(residentBeyond));
      }
    }
  }

  private static double mebibytes(long bytes) {
    return bytes / (double) (1 << 20);
  }
}
