package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.time.Duration;

/** Brings a layer to full speed before the first request. */
final class WarmUp {
  /** A tiny batch for the number of calls; a long one for the path of sequences cut into blocks. */
  private static final int[] STEPS = {3, 1100};

  private static final Duration EACH = Duration.ofMillis(125);

  private WarmUp() {}

  static void run(AttentionPooling layer) {
    int width = layer.parameters().inputWidth();
    for (int length : STEPS) {
      int steps = Math.min(length, mostSteps(layer.parameters()));
      try (Arena arena = Arena.ofConfined()) {
        Sequences in =
            Sequences.padded(
                arena.allocate(JAVA_FLOAT, (long) steps * width), ElementType.F32, 1, steps, width);
        if (!layer.parameters().query().isEmpty()) {
          in = in.withQueries(arena.allocate(JAVA_FLOAT, layer.parameters().queryWidth()));
        }
        Outputs out = layer.allocate(in, arena);
        long end = System.nanoTime() + EACH.toNanos();
        do {
          layer.forward(in, out);
        } while (System.nanoTime() < end);
      }
    }
  }

  /** The most rows that a sequence may have. */
  private static int mostSteps(AttentionParameters parameters) {
    int most = Integer.MAX_VALUE;
    for (Step step : parameters.score()) {
      most = step instanceof StepBias bias ? Math.min(most, bias.steps()) : most;
    }
    return most;
  }
}
