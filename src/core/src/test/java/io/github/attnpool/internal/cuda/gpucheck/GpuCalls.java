package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.List;

/**
 * Times whole forward calls through the public interface, contexts to host memory included, by the
 * clock of the calling thread. Each call takes the next of several batches of one shape.
 */
final class GpuCalls {
  private static final int CALLS = 50;
  private static final int SMALL_CALLS = 1000;

  private GpuCalls() {}

  static GpuTime time(GpuShape shape, AttentionPooling layer, List<Sequences> batches) {
    int calls = shape.isSmall() ? SMALL_CALLS : CALLS;
    try (Arena arena = Arena.ofConfined()) {
      Outputs out = layer.allocate(batches.getFirst(), arena, EnumSet.of(Output.CONTEXT));
      run(calls, layer, batches, out); // warms up
      return GpuTime.of(run(calls, layer, batches, out));
    }
  }

  private static double[] run(
      int calls, AttentionPooling layer, List<Sequences> batches, Outputs out) {
    double[] seconds = new double[calls];
    for (int i = 0; i < calls; i++) {
      Sequences in = batches.get(i % batches.size());
      long start = System.nanoTime();
      layer.forward(in, out);
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    return seconds;
  }
}
