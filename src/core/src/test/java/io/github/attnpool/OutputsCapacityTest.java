package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Memory for large batches takes small ones too: at its front, and nothing beyond is touched. */
class OutputsCapacityTest {
  private static final AttentionParameters PARAMETERS = Forms.small().get("gate, heads");
  private static final int WIDTH = PARAMETERS.inputWidth();
  private static final int BATCH = 6;
  private static final long POSITIONS = 1500;
  private static final int UNTOUCHED = 0x7fc0_beef; // a NaN that no kernel writes

  static List<Variant> ways() {
    return Variant.offered();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void smallBatchesGiveTheBitsOfExactMemory(Variant variant) {
    try (AttentionPooling layer = variant.builder(PARAMETERS).build();
        Arena arena = Arena.ofShared()) {
      Set<Output> all = EnumSet.allOf(Output.class);
      Outputs reused = layer.allocate(BATCH, POSITIONS, arena, all);
      Map<Output, MemorySegment> whole = new EnumMap<>(Output.class);
      all.forEach(output -> whole.put(output, reused.get(output)));
      for (Sequences in : batches(arena)) {
        whole.values().forEach(OutputsCapacityTest::forget);
        layer.forward(in, reused);
        Outputs exact = layer.allocate(in, arena, all);
        layer.forward(in, exact);
        for (Output output : all) {
          assertEquals(4 * reused.size(output), reused.get(output).byteSize());
          assertArrayEquals(bits(exact.get(output)), bits(reused.get(output)), output + "");
          assertUntouched(whole.get(output), reused.size(output));
        }
        assertEquals(in.batch(), reused.batch());
        assertEquals(in.positions(), reused.positions());
        assertEquals(exact.top(in, 0, 1, 3), reused.top(in, 0, 1, 3));
      }
    }
  }

  private static List<Sequences> batches(Arena arena) {
    return List.of(
        ragged(arena, 0, 3, 3, 10),
        padded(arena, BATCH, (int) (POSITIONS / BATCH)),
        padded(arena, 2, 3).withLengths(1, 3),
        ragged(arena, 0, 1, POSITIONS), // cut into blocks
        ragged(arena, 0, 2));
  }

  private static Sequences padded(Arena arena, int batch, int steps) {
    return Sequences.padded(x(arena, batch * steps), ElementType.F32, batch, steps, WIDTH);
  }

  private static Sequences ragged(Arena arena, long... offsets) {
    int rows = (int) offsets[offsets.length - 1];
    return Sequences.ragged(x(arena, rows), ElementType.F32, WIDTH, offsets);
  }

  private static MemorySegment x(Arena arena, int rows) {
    return arena.allocateFrom(JAVA_FLOAT, Forms.uniform(new Random(rows), rows * WIDTH, 2));
  }

  private static void forget(MemorySegment floats) {
    for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
      floats.setAtIndex(JAVA_FLOAT, i, Float.intBitsToFloat(UNTOUCHED));
    }
  }

  private static void assertUntouched(MemorySegment floats, long from) {
    for (long i = from; i < floats.byteSize() / Float.BYTES; i++) {
      assertEquals(UNTOUCHED, Float.floatToRawIntBits(floats.getAtIndex(JAVA_FLOAT, i)));
    }
  }

  private static int[] bits(MemorySegment floats) {
    return floats.toArray(JAVA_INT);
  }

  @Test
  void sizesBeforeAndAfterTheFirstBatch() {
    try (AttentionPooling layer =
            AttentionPooling.builder(PARAMETERS).backend("jvm").threads(1).build();
        Arena arena = Arena.ofConfined()) {
      Outputs out = layer.allocate(2, 9, arena, Set.of(Output.CONTEXT, Output.WEIGHTS));
      assertEquals(2, out.batch());
      assertEquals(9, out.positions());
      layer.forward(ragged(arena, 0, 4), out);
      assertEquals(1, out.batch());
      assertEquals(4, out.positions());
      assertEquals(2, out.maxBatch());
      assertEquals(9, out.maxPositions());
    }
  }

  @Test
  void aFailedCallLeavesTheLastOutputs() {
    try (AttentionPooling layer =
            AttentionPooling.builder(PARAMETERS)
                .backend("jvm")
                .emptySequence(EmptySequencePolicy.ERROR)
                .build();
        Arena arena = Arena.ofShared()) {
      Outputs out = layer.allocate(BATCH, POSITIONS, arena, Set.of(Output.CONTEXT));
      layer.forward(ragged(arena, 0, 4), out);
      float[] context = out.toArray(Output.CONTEXT);
      Sequences withEmpty = ragged(arena, 0, 2, 2);
      assertThrows(AttnPoolException.class, () -> layer.forward(withEmpty, out));
      assertEquals(1, out.batch());
      assertEquals(4, out.positions());
      assertArrayEquals(context, out.toArray(Output.CONTEXT));
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void projectedKeysTakeAPartToo(Variant variant) {
    try (AttentionPooling layer = variant.builder(PARAMETERS).build();
        Arena arena = Arena.ofShared()) {
      Sequences in = ragged(arena, 0, 3, 9);
      ProjectedKeys keys = layer.projectKeys(in, arena);
      Set<Output> wanted = Set.of(Output.CONTEXT, Output.SCORES);
      Outputs reused = layer.allocate(BATCH, POSITIONS, arena, wanted);
      Outputs exact = layer.allocate(in, arena, wanted);
      layer.forward(keys, reused);
      layer.forward(keys, exact);
      for (Output output : wanted) {
        assertArrayEquals(bits(exact.get(output)), bits(reused.get(output)), output + "");
      }
    }
  }

  @Test
  void sizesThatCannotBe() {
    try (AttentionPooling layer =
            AttentionPooling.builder(PARAMETERS).backend("jvm").threads(1).build();
        Arena arena = Arena.ofConfined()) {
      Set<Output> context = Set.of(Output.CONTEXT);
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> layer.allocate(-1, 0, arena, context));
      assertTrue(e.problem().contains("maxBatch is -1, must be at least 0"), e.problem());
      e =
          assertThrows(
              AttnPoolException.class,
              () -> layer.allocate(1, Long.MAX_VALUE, arena, Set.of(Output.WEIGHTS)));
      assertEquals("WEIGHTS is too large to be addressed", e.problem());
    }
  }
}
