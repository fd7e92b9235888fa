package io.github.attnpool.internal.jvm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.EmptySequence;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.Pooled;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.backend.Engine;
import io.github.attnpool.backend.EngineOptions;
import io.github.attnpool.internal.fused.FusedEngine;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Once compiled, forward calls allocate nothing: no vector ends as an object on the heap. */
class SteadyStateTest {
  private static final int CALLS = 200;
  private static final int MAX_ROUNDS = 500; // until everything is compiled
  private static final long LESS_THAN_AN_OBJECT = 16L * CALLS; // reading the counter takes some

  static Stream<Arguments> kernels() {
    return BothKernels.arguments();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void allocatesNothing(TileKernels kernels) throws ReflectiveOperationException {
    TileCase c = new TileCase(1, 300, 50, 70, 2, true);
    EngineOptions options = new EngineOptions(Plan.FUSED, Precision.F32, 1, EmptySequence.ZERO);
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer =
            AttentionPooling.builder(c.parameters).backend("jvm").plan(Plan.STAGED).build();
        Engine engine =
            new FusedEngine(c.parameters, options, new JvmTileProgram(c.parameters, kernels))) {
      Sequences in =
          Sequences.ragged(c.rows(arena), ElementType.F32, c.width, new long[] {0, 10, 300});
      Pooled out =
          layer.allocate(in, arena, EnumSet.of(Output.CONTEXT, Output.WEIGHTS, Output.SCORES));
      long least = Long.MAX_VALUE;
      for (int round = 0; round < MAX_ROUNDS && least >= LESS_THAN_AN_OBJECT; round++) {
        long before = allocatedBytes();
        for (int i = 0; i < CALLS; i++) {
          engine.forward(in, out);
        }
        least = Math.min(least, allocatedBytes() - before);
      }
      assertTrue(least < LESS_THAN_AN_OBJECT, CALLS + " calls allocate " + least + " bytes");
    }
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
