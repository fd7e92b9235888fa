package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.ElementType;
import io.github.attnpool.internal.maps.LayerForm;
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
                  JvmTileProgram program = new JvmTileProgram(LayerForm.of(c.parameters), kernels);
                  JvmTileMath math = new JvmTileMath(program)) {
                for (int from = 0; from < c.rows; from++) {
                  for (int count = 1; from + count <= Math.min(c.rows, from + 5); count++) {
                    String where = c + ": rows " + from + " to " + (from + count);
                    long offset = (long) from * c.width * Float.BYTES;
                    math.open(c.rows(arena), offset, ElementType.F32, count);
                    float[] alone = scores(math, c, 0, count);
                    math.open(c.rows(arena), 0, ElementType.F32, c.rows);
                    float[] within = scores(math, c, from, count);
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
    try (JvmTileProgram program = new JvmTileProgram(LayerForm.of(c.parameters), kernels);
        JvmTileMath math = new JvmTileMath(program)) {
      math.open(MemorySegment.ofArray(c.x), 0, ElementType.F32, c.rows);
      assertArrayEquals(scores(kernels, c), scores(math, c, 0, c.rows));
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
                  JvmTileProgram program = new JvmTileProgram(LayerForm.of(layer), kernels);
                  JvmTileMath math = new JvmTileMath(program)) {
                TileCase c = new TileCase(4, program.tileRows(), layer);
                math.open(c.rows(arena), 0, ElementType.F32, c.rows);
                float[] all = scores(math, c, 0, c.rows);
                for (int count = 1; count < 4; count++) {
                  float[] last = scores(math, c, c.rows - count, count);
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
        JvmTileProgram program = new JvmTileProgram(LayerForm.of(c.parameters), kernels);
        JvmTileMath math = new JvmTileMath(program)) {
      math.open(c.rows(arena), 0, ElementType.F32, c.rows);
      if (stored && c.parameters.units() > 0) {
        math.copyUnits(1, arena.allocate(JAVA_FLOAT, 2L * c.parameters.units()), 0);
      }
      return scores(math, c, 0, c.rows);
    }
  }

  /** Scores of some rows of the open tile, [heads, count], after a look at what lies around. */
  private static float[] scores(JvmTileMath math, TileCase c, int from, int count) {
    float[] scores = math.scores();
    int stride = scores.length / c.heads;
    Arrays.fill(scores, UNTOUCHED);
    math.score(from, count);
    float[] result = new float[c.heads * count];
    for (int head = 0; head < c.heads; head++) {
      int at = head * stride;
      for (int t = 0; t < stride; t++) {
        if (t < from || t >= from + count) {
          assertEquals(UNTOUCHED, scores[at + t], c + ": score of another row");
        }
      }
      System.arraycopy(scores, at + from, result, head * count, count);
    }
    return result;
  }

  private static float[] slice(float[] values, int from, int count) {
    return Arrays.copyOfRange(values, from, from + count);
  }
}
