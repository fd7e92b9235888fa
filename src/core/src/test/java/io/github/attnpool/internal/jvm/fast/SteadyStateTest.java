package io.github.attnpool.internal.jvm.fast;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.EngineInputs;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.fused.FusedEngine;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Once compiled, forward calls allocate nothing: no vector ends as an object on the heap. */
class SteadyStateTest {
  private static final int CALLS = 200;
  private static final int MAX_ROUNDS = 500; // until everything is compiled
  private static final long LESS_THAN_AN_OBJECT = 16L * CALLS; // reading the counter takes some

  static Stream<Arguments> kernelsAndLayers() {
    return Stream.of(BothKernels.scalar(), BothKernels.best())
        .flatMap(
            kernels ->
                Stream.of("TANH, 3 heads", "GELU, gated", "linear", "everything")
                    .map(layer -> Arguments.of(Named.of(kernels.isa(), kernels), layer)));
  }

  @ParameterizedTest
  @MethodSource("kernelsAndLayers")
  void allocatesNothing(TileKernels kernels, String name) throws ReflectiveOperationException {
    AttentionParameters parameters = Forms.combinations().get(name);
    boolean queries = PlainLayer.of(parameters).query().isPresent();
    EngineOptions options =
        new EngineOptions(Plan.FUSED, Precision.F32, 1, EmptySequencePolicy.ZERO);
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer =
            AttentionPooling.builder(parameters).backend("jvm").plan(Plan.STAGED).build();
        Engine engine =
            new FusedEngine(
                parameters, options, new JvmTileProgram(LayerForm.of(parameters), kernels))) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, 10, 290);
      Outputs out = layer.allocate(in, arena);
      ProjectedKeys keys = queries ? layer.projectKeys(in, arena) : null;
      assertAllocatesNothing(
          () -> {
            engine.forward(EngineInputs.of(in), EngineInputs.of(out, in));
            if (keys != null) {
              engine.fill(EngineInputs.of(keys));
              engine.forward(EngineInputs.of(keys), EngineInputs.of(out, in));
            }
          });
    }
  }

  private static void assertAllocatesNothing(Runnable calls) throws ReflectiveOperationException {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && least >= LESS_THAN_AN_OBJECT; round++) {
      long before = allocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        calls.run();
      }
      least = Math.min(least, allocatedBytes() - before);
    }
    assertTrue(least < LESS_THAN_AN_OBJECT, CALLS + " calls allocate " + least + " bytes");
  }

  /** By reflection: the module under test, which holds this class, does not need management. */
  private static long allocatedBytes() throws ReflectiveOperationException {
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    return (long)
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes")
            .invoke(bean);
  }
}
