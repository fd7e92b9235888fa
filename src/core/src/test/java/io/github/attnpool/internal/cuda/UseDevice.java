package io.github.attnpool.internal.cuda;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;

/** Runs a layer on a device of the fake, then prints how many contexts each device has. */
final class UseDevice {
  private UseDevice() {}

  public static void main(String[] arguments) {
    AttentionParameters parameters = Forms.plain();
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer =
            AttentionPooling.builder(parameters).backend(arguments[0]).build()) {
      Results.of(layer, Batches.ragged(parameters, ElementType.F32, arena, Batches.lengths()));
    }
    System.out.printf("contexts %d %d%n", CudaFake.get("contexts.0"), CudaFake.get("contexts.1"));
  }
}
