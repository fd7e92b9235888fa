package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.internal.fused.TileMath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TileScoresTest {
  private static final float UNTOUCHED = -77;

  static Stream<Arguments> kernels() {
    return BothKernels.arguments();
  }

  private static Stream<TileCase> cases() {
    return Stream.of(
            unitsAndWidths(),
            Stream.of(new TileCase(1, 20, 768, 768, 1, true), new TileCase(2, 7, 9, 1100, 3, true)))
        .flatMap(s -> s);
  }

  /** Every remainder of units, widths and rows; heads, the linear form and no biases among them. */
  private static Stream<TileCase> unitsAndWidths() {
    return Stream.iterate(0, i -> i < 300, i -> i + 1)
        .map(
            i ->
                new TileCase(
                    i, 1 + i % 20, 1 + i % 70, i % 41, 1 + (i % 3 == 0 ? i % 5 : 0), i % 7 != 0));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void agreeWithFloat64(TileKernels kernels) {
    cases()
        .forEach(
            c -> {
              float[] scores = scores(kernels, c);
              for (int head = 0; head < c.heads; head++) {
                for (int t = 0; t < c.rows; t++) {
                  String where = c + ", head " + head + " row " + t;
                  assertEquals(c.score(head, t), scores[head * c.rows + t], 1e-5, where);
                }
              }
            });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void ofARowDoNotDependOnTheOthers(TileKernels kernels) {
    cases()
        .forEach(
            c -> {
              float[] together = scores(kernels, c);
              try (Arena arena = Arena.ofConfined();
                  JvmTileProgram program = new JvmTileProgram(c.parameters, kernels);
                  TileMath math = program.newMath()) {
                for (int from = 0; from < c.rows; from++) {
                  for (int count = 1; from + count <= Math.min(c.rows, from + 5); count++) {
                    float[] some = scores(math, arena, c, from, count);
                    for (int head = 0; head < c.heads; head++) {
                      assertArrayEquals(
                          slice(together, head * c.rows + from, count),
                          slice(some, head * count, count),
                          c + ": rows " + from + " to " + (from + count));
                    }
                  }
                }
              }
            });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void areTheSameFromHeapMemory(TileKernels kernels) {
    TileCase c = new TileCase(5, 11, 37, 19, 2, true);
    try (Arena arena = Arena.ofConfined();
        JvmTileProgram program = new JvmTileProgram(c.parameters, kernels);
        TileMath math = program.newMath()) {
      MemorySegment scores = arena.allocate(JAVA_FLOAT, 2L * c.rows);
      math.score(MemorySegment.ofArray(c.x), 0, c.rows, scores, c.rows);
      assertArrayEquals(scores(kernels, c), scores.toArray(JAVA_FLOAT));
    }
  }

  @Test
  void agreeBetweenTheKernels() {
    TileKernels scalar = BothKernels.scalar();
    TileKernels vector = BothKernels.best();
    cases()
        .forEach(c -> assertArrayEquals(scores(scalar, c), scores(vector, c), 5e-6f, c::toString));
  }

  /**
   * An infinite row has finite scores, as tanh has: neither it nor others become NaN by padding.
   */
  @ParameterizedTest
  @MethodSource("kernels")
  void ofInfiniteRows(TileKernels kernels) {
    TileCase c = new TileCase(3, 5, 3, 5, 1, true);
    float[] before = scores(kernels, c);
    c.x[4] = Float.POSITIVE_INFINITY;
    float[] after = scores(kernels, c);
    before[1] = (float) c.score(0, 1);
    assertArrayEquals(before, after, 1e-5f);
  }

  private static float[] scores(TileKernels kernels, TileCase c) {
    try (Arena arena = Arena.ofConfined();
        JvmTileProgram program = new JvmTileProgram(c.parameters, kernels);
        TileMath math = program.newMath()) {
      return scores(math, arena, c, 0, c.rows);
    }
  }

  /** Scores of some rows, [heads, count], after a look at what lies behind them. */
  private static float[] scores(TileMath math, Arena arena, TileCase c, int from, int count) {
    long stride = count + 3L;
    MemorySegment scores = arena.allocate(JAVA_FLOAT, c.heads * stride);
    for (long i = 0; i < c.heads * stride; i++) {
      scores.setAtIndex(JAVA_FLOAT, i, UNTOUCHED);
    }
    math.score(c.rows(arena), (long) from * c.width * Float.BYTES, count, scores, stride);
    float[] result = new float[c.heads * count];
    for (int head = 0; head < c.heads; head++) {
      MemorySegment.copy(
          scores, JAVA_FLOAT, head * stride * Float.BYTES, result, head * count, count);
      for (long i = head * stride + count; i < (head + 1) * stride; i++) {
        assertEquals(UNTOUCHED, scores.getAtIndex(JAVA_FLOAT, i), c + ": value behind the rows");
      }
    }
    return result;
  }

  private static float[] slice(float[] values, int from, int count) {
    return Arrays.copyOfRange(values, from, from + count);
  }
}
