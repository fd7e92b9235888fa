package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.EngineInputs;
import io.github.attnpool.Linear;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.fused.FusedEngine;
import io.github.attnpool.internal.maps.LayerForm;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fused plan of both kernels against the staged plan, which computes in float64. */
class FusedPlanTest {
  private static final EnumSet<Output> ALL = EnumSet.allOf(Output.class);

  static Stream<Arguments> kernels() {
    return BothKernels.arguments();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void agreesWithTheStagedPlan(TileKernels kernels) {
    check(kernels, new TileCase(1, 3 * 40, 64, 64, 1, true), 3, 2, 3e-6);
    check(kernels, new TileCase(2, 700, 100, 50, 3, true), 1, 70, 3e-6);
    check(kernels, new TileCase(3, 2 * 300, 768, 256, 1, false), 2, 5, 3e-6);
    check(kernels, new TileCase(4, 90 * 7, 33, 0, 2, true), 90, 1, 3e-6);
  }

  private static void check(
      TileKernels kernels, TileCase c, int batch, int outputs, double tolerance) {
    Random random = new Random(7);
    int inputs = c.heads * c.width;
    AttentionParameters parameters =
        c.parameters.withOutput(
            Linear.of(
                outputs,
                inputs,
                BothKernels.uniform(random, outputs * inputs, 1),
                BothKernels.uniform(random, outputs, 1)));
    try (Arena arena = Arena.ofShared();
        AttentionPooling staged =
            AttentionPooling.builder(parameters).backend("jvm").plan(Plan.STAGED).build();
        Engine single = fused(parameters, kernels, 1);
        Engine shared = fused(parameters, kernels, 3)) {
      int steps = c.rows / batch;
      long[] lengths = new long[batch];
      for (int b = 0; b < batch; b++) {
        lengths[b] = b == 1 ? 0 : 1 + random.nextInt(steps);
      }
      lengths[0] = steps;
      Sequences in =
          Sequences.padded(c.rows(arena), ElementType.F32, batch, steps, c.width)
              .withLengths(lengths);
      Outputs expected = staged.allocate(in, arena, ALL);
      staged.forward(in, expected);
      Outputs actual = staged.allocate(in, arena, ALL);
      single.forward(EngineInputs.of(in), EngineInputs.of(actual, in));
      for (Output output : ALL) {
        double error = difference(expected.toArray(output), actual.toArray(output));
        assertTrue(error <= tolerance, c + ": " + output + " is off by " + error);
      }
      Outputs again = staged.allocate(in, arena, ALL);
      shared.forward(EngineInputs.of(in), EngineInputs.of(again, in));
      for (Output output : ALL) {
        assertArrayEquals(actual.toArray(output), again.toArray(output), c + ": " + output);
      }
    }
  }

  private static Engine fused(AttentionParameters parameters, TileKernels kernels, int threads) {
    return new FusedEngine(
        parameters,
        new EngineOptions(Plan.FUSED, Precision.F32, threads, EmptySequencePolicy.ZERO),
        new JvmTileProgram(LayerForm.of(parameters), kernels));
  }

  /** Relative, in the 2-norm; equal infinite values do not count. */
  private static double difference(float[] expected, float[] actual) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Float.isFinite(expected[i]) || expected[i] != actual[i]) {
        difference += Math.pow(expected[i] - (double) actual[i], 2);
        size += Math.pow(expected[i], 2);
      }
    }
    return Math.sqrt(difference / size);
  }

  @Test
  void isOfferedByTheBackend() {
    TileCase c = new TileCase(1, 9, 20, 30, 1, true);
    try (AttentionPooling layer = layer(c)) {
      assertEquals("jvm", layer.info().backend());
      assertEquals(Plan.FUSED, layer.info().plan());
      assertEquals(KernelChoice.choose().isa(), layer.info().isa());
      float[] context = layer.pool(c.x, c.rows);
      try (AttentionPooling staged =
          AttentionPooling.builder(c.parameters).backend("jvm").plan(Plan.STAGED).build()) {
        assertTrue(difference(staged.pool(c.x, c.rows), context) <= 3e-6);
      }
    }
  }

  @Test
  void takesBfloat16AndHeapMemory() {
    TileCase c = new TileCase(2, 50, 21, 30, 1, true);
    short[] bits = new short[c.x.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) (Float.floatToRawIntBits(c.x[i]) >> 16);
      c.x[i] = Float.intBitsToFloat(bits[i] << 16);
    }
    try (Arena arena = Arena.ofShared();
        AttentionPooling layer = layer(c)) {
      float[] expected = context(layer, arena, c.rows(arena), ElementType.F32, c);
      MemorySegment bfloats = arena.allocateFrom(JAVA_SHORT, bits);
      assertArrayEquals(expected, context(layer, arena, bfloats, ElementType.BF16, c));
      MemorySegment onHeap = MemorySegment.ofArray(c.x);
      assertArrayEquals(expected, context(layer, arena, onHeap, ElementType.F32, c));
    }
  }

  private static float[] context(
      AttentionPooling layer, Arena arena, MemorySegment x, ElementType type, TileCase c) {
    Sequences in = Sequences.ragged(x, type, c.width, new long[] {0, c.rows});
    Outputs out = layer.allocate(in, arena, EnumSet.of(Output.CONTEXT));
    layer.forward(in, out);
    assertEquals(c.width, out.context().byteSize() / JAVA_FLOAT.byteSize());
    return out.toArray(Output.CONTEXT);
  }

  private static AttentionPooling layer(TileCase c) {
    return AttentionPooling.builder(c.parameters).backend("jvm").plan(Plan.FUSED).build();
  }

  @Test
  void refusesPrecisionBf16() {
    TileCase c = new TileCase(1, 1, 2, 3, 1, true);
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class,
            () ->
                AttentionPooling.builder(c.parameters)
                    .backend("jvm")
                    .plan(Plan.FUSED)
                    .precision(Precision.BF16)
                    .build());
    assertEquals("backend jvm offers precision F32 only, not BF16", e.problem());
  }
}
