package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows with gaps between them give the bits of the same rows side by side. */
class RowPitchTest {
  private static final int BATCH = 3;
  private static final int STEPS = 401;
  private static final int WIDTH = 40;
  private static final int PITCH = 47;

  static Stream<Arguments> waysAndTypes() {
    return Variant.offered().stream()
        .flatMap(
            variant ->
                Stream.of(ElementType.F32, ElementType.BF16, ElementType.F16)
                    .map(type -> Arguments.of(variant, type)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("waysAndTypes")
  void sameBits(Variant variant, ElementType type) {
    try (AttentionPooling layer = variant.builder(parameters()).build();
        Arena arena = Arena.ofConfined()) {
      MemorySegment dense = dense(type, arena);
      MemorySegment gaps = withGaps(dense, type, arena);
      MemorySegment onHeap = MemorySegment.ofArray(gaps.toArray(JAVA_BYTE));
      float[] expected = pool(layer, Sequences.padded(dense, type, BATCH, STEPS, WIDTH));
      for (MemorySegment x : new MemorySegment[] {gaps, onHeap}) {
        assertArrayEquals(
            expected,
            pool(layer, Sequences.padded(Rows.of(x, type, WIDTH).withPitch(PITCH), BATCH, STEPS)));
        long[] offsets = {0, STEPS, 2L * STEPS, 3L * STEPS};
        assertArrayEquals(
            expected,
            pool(layer, Sequences.ragged(Rows.of(x, type, WIDTH).withPitch(PITCH), offsets)));
      }
    }
  }

  @Test
  void theLastGapMayBeMissing() {
    MemorySegment x = MemorySegment.ofArray(new float[2 * 5 + 3]);
    assertEquals(
        5, Sequences.padded(Rows.of(x, ElementType.F32, 3).withPitch(5), 1, 3).rows().pitch());
    MemorySegment whole = MemorySegment.ofArray(new float[3 * 5]);
    assertEquals(
        3, Sequences.padded(Rows.of(whole, ElementType.F32, 3).withPitch(5), 1, 3).positions());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    MemorySegment x = MemorySegment.ofArray(new float[2 * 5 + 2]);
    assertRefused(
        "x has 48 bytes, must have 52 to 60 (3 rows of 3 F32 with a pitch of 5)", x, 3, 3, 5);
    assertRefused("the row pitch is 2 elements, must be at least the width, 3", x, 3, 3, 2);
    assertRefused("x has 48 bytes, must have 28 to 40", x, 2, 2, 5);
  }

  private static void assertRefused(
      String problem, MemorySegment x, long steps, int width, long pitch) {
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class,
            () -> Sequences.padded(Rows.of(x, ElementType.F32, width).withPitch(pitch), 1, steps));
    assertEquals(
        problem, e.problem().substring(0, Math.min(problem.length(), e.problem().length())));
  }

  private static float[] pool(AttentionPooling layer, Sequences in) {
    try (Arena arena = Arena.ofConfined()) {
      Outputs out = layer.allocate(in, arena);
      layer.forward(in, out);
      return out.toArray(Output.CONTEXT);
    }
  }

  private static MemorySegment dense(ElementType type, Arena arena) {
    SplittableRandom random = new SplittableRandom(11);
    int values = BATCH * STEPS * WIDTH;
    if (type == ElementType.F32) {
      float[] floats = new float[values];
      IntStream.range(0, values).forEach(i -> floats[i] = (float) random.nextDouble(-1, 1));
      return arena.allocate(4L * values, 64).copyFrom(MemorySegment.ofArray(floats));
    }
    short[] halves = new short[values];
    for (int i = 0; i < values; i++) {
      float value = (float) random.nextDouble(-1, 1);
      halves[i] =
          type == ElementType.F16
              ? Float.floatToFloat16(value)
              : (short) (Float.floatToRawIntBits(value) >>> 16);
    }
    return arena.allocate(2L * values, 64).copyFrom(MemorySegment.ofArray(halves));
  }

  /** The gaps are NaN in every type: a value of one would show. */
  private static MemorySegment withGaps(MemorySegment dense, ElementType type, Arena arena) {
    long row = (long) WIDTH * type.bytes();
    long pitch = (long) PITCH * type.bytes();
    int rows = BATCH * STEPS;
    MemorySegment gaps = arena.allocate((rows - 1) * pitch + row, 64);
    gaps.fill((byte) -1);
    for (int t = 0; t < rows; t++) {
      MemorySegment.copy(dense, t * row, gaps, t * pitch, row);
    }
    return gaps;
  }

  private static AttentionParameters parameters() {
    SplittableRandom random = new SplittableRandom(12);
    Linear hidden = Linear.of(24, WIDTH, floats(random, 24 * WIDTH), floats(random, 24));
    return AttentionParameters.additive(hidden, Linear.of(2, 24, floats(random, 48)));
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] floats = new float[count];
    IntStream.range(0, count).forEach(i -> floats[i] = (float) random.nextDouble(-0.5, 0.5));
    return floats;
  }
}
