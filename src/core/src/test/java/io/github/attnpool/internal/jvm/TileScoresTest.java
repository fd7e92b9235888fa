package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.internal.fused.TileMath;
import io.github.attnpool.testkit.Forms;
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
            Stream.of(new TileCase(1, 20, 768, 768, 1, true), new TileCase(2, 7, 9, 1100, 3, true)),
            Forms.combinations().values().stream().map(layer -> new TileCase(3, 10, layer)))
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
                    String where = c + ": rows " + from + " to " + (from + count);
                    long offset = (long) from * c.width * Float.BYTES;
                    math.open(c.rows(arena), offset, count);
                    float[] alone = scores(math, arena, c, 0, count);
                    math.open(c.rows(arena), 0, c.rows);
                    float[] within = scores(math, arena, c, from, count);
                    for (int head = 0; head < c.heads; head++) {
                      float[] expected = slice(together, head * c.rows + from, count);
                      assertArrayEquals(expected, slice(alone, head * count, count), where);
                      assertArrayEquals(expected, slice(within, head * count, count), where);
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
      math.open(MemorySegment.ofArray(c.x), 0, c.rows);
      math.score(0, c.rows, null, 0, scores, 0, c.rows);
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

  /** Not by padding either, where arrays are used again. */
  @ParameterizedTest
  @MethodSource("kernels")
  void notANumberStaysInItsRow(TileKernels kernels) {
    Forms.combinations()
        .forEach(
            (name, layer) -> {
              TileCase c = new TileCase(3, 12, layer);
              for (int row : new int[] {0, 5, 11}) {
                TileCase bad = new TileCase(3, 12, layer);
                Arrays.fill(bad.x, row * bad.width, (row + 1) * bad.width, Float.NaN);
                for (boolean stored : new boolean[] {false, true}) {
                  float[] expected = scores(kernels, c, stored);
                  for (int head = 0; head < c.heads; head++) {
                    expected[head * c.rows + row] = Float.NaN;
                  }
                  assertArrayEquals(expected, scores(kernels, bad, stored), name);
                }
              }
            });
  }

  /** Four rows are worked on at once, also where the tile has no more. */
  @ParameterizedTest
  @MethodSource("kernels")
  void ofTheLastRowsOfAFullTile(TileKernels kernels) {
    Forms.combinations()
        .forEach(
            (name, layer) -> {
              try (Arena arena = Arena.ofConfined();
                  JvmTileProgram program = new JvmTileProgram(layer, kernels);
                  TileMath math = program.newMath()) {
                TileCase c = new TileCase(4, program.tileRows(), layer);
                math.open(c.rows(arena), 0, c.rows);
                float[] all = scores(math, arena, c, 0, c.rows);
                for (int count = 1; count < 4; count++) {
                  float[] last = scores(math, arena, c, c.rows - count, count);
                  for (int head = 0; head < c.heads; head++) {
                    float[] expected = slice(all, (head + 1) * c.rows - count, count);
                    assertArrayEquals(expected, slice(last, head * count, count), name);
                  }
                }
              }
            });
  }

  private static float[] scores(TileKernels kernels, TileCase c) {
    return scores(kernels, c, false);
  }

  /**
   * @param stored whether hidden units are asked for first, and then taken from there
   */
  private static float[] scores(TileKernels kernels, TileCase c, boolean stored) {
    try (Arena arena = Arena.ofConfined();
        JvmTileProgram program = new JvmTileProgram(c.parameters, kernels);
        TileMath math = program.newMath()) {
      math.open(c.rows(arena), 0, c.rows);
      if (stored && c.parameters.units() > 0) {
        math.copyUnits(1, arena.allocate(JAVA_FLOAT, 2L * c.parameters.units()), 0);
      }
      return scores(math, arena, c, 0, c.rows);
    }
  }

  /** Scores of some rows of the open tile, [heads, count], after a look at what lies around. */
  private static float[] scores(TileMath math, Arena arena, TileCase c, int from, int count) {
    long stride = count + 3L;
    long before = 2;
    MemorySegment scores = arena.allocate(JAVA_FLOAT, before + c.heads * stride);
    for (long i = 0; i < before + c.heads * stride; i++) {
      scores.setAtIndex(JAVA_FLOAT, i, UNTOUCHED);
    }
    math.score(from, count, null, 0, scores, before * Float.BYTES, stride);
    for (long i = 0; i < before; i++) {
      assertEquals(UNTOUCHED, scores.getAtIndex(JAVA_FLOAT, i), c + ": value before the rows");
    }
    float[] result = new float[c.heads * count];
    for (int head = 0; head < c.heads; head++) {
      long at = before + head * stride;
      MemorySegment.copy(scores, JAVA_FLOAT, at * Float.BYTES, result, head * count, count);
      for (long i = at + count; i < at + stride; i++) {
        assertEquals(UNTOUCHED, scores.getAtIndex(JAVA_FLOAT, i), c + ": value behind the rows");
      }
    }
    return result;
  }

  private static float[] slice(float[] values, int from, int count) {
    return Arrays.copyOfRange(values, from, from + count);
  }
}
