package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.maps.LayerForm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Softmax states: of blocks, merged, and turned into contexts and weights. */
class TileStatesTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final double TOLERANCE = 1e-6;

  static Stream<Arguments> kernels() {
    return BothKernels.arguments();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void everyRemainderOfRowsAndWidths(TileKernels kernels) {
    for (int width = 1; width <= 70; width += width < 40 ? 1 : 5) {
      for (int rows = 1; rows <= 20; rows++) {
        Random random = new Random(100 * width + rows);
        float[] x = BothKernels.uniform(random, rows * width, 1);
        float[] scores = BothKernels.uniform(random, rows, 5);
        for (int split : new int[] {0, 1, rows / 2, rows}) {
          check(kernels, width, x, scores, split);
        }
      }
    }
  }

  /** Pools two blocks, merges them, and compares context and weights with float64. */
  private static void check(TileKernels kernels, int width, float[] x, float[] scores, int split) {
    String where = scores.length + " rows of " + width + ", split at " + split;
    double[] weights = softmax(scores);
    try (States states = new States(kernels, width)) {
      MemorySegment first = states.pool(slice(x, 0, split * width), slice(scores, 0, split));
      MemorySegment second =
          states.pool(slice(x, split * width, x.length), slice(scores, split, scores.length));
      states.math.merge(first, second);
      float[] actual = states.context(first);
      for (int i = 0; i < width; i++) {
        double expected = 0;
        double size = 0;
        for (int t = 0; t < scores.length; t++) {
          expected += weights[t] * x[t * width + i];
          size += Math.abs(weights[t] * x[t * width + i]);
        }
        assertEquals(expected, actual[i], TOLERANCE * size + Float.MIN_VALUE, where);
      }
      float[] actualWeights = states.weights(first, scores);
      for (int t = 0; t < scores.length; t++) {
        assertEquals(weights[t], actualWeights[t], TOLERANCE * weights[t], where);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aSingleRowComesOutBitForBit(TileKernels kernels) {
    float[] row = {1.1f, -0f, 0f, 3e-39f, 3e38f, INF, Float.NaN};
    try (States states = new States(kernels, row.length)) {
      MemorySegment state = states.pool(row, new float[] {-123.4f});
      assertBits(row, states.context(state));
      assertBits(new float[] {1}, states.weights(state, new float[] {-123.4f}));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void emptyStates(TileKernels kernels) {
    float[] x = {1, 2, 3, 4};
    try (States states = new States(kernels, 2)) {
      MemorySegment empty = states.pool(x, new float[] {-INF, -INF});
      assertEquals(Double.NEGATIVE_INFINITY, empty.get(JAVA_DOUBLE, 0));
      assertEquals(0, empty.get(JAVA_DOUBLE, Double.BYTES));
      assertBits(new float[] {0, 0}, states.context(empty));
      assertBits(new float[] {0, 0}, states.weights(empty, new float[] {-INF, -INF}));

      MemorySegment other = states.pool(x, new float[] {1, 2});
      float[] expected = states.context(other);
      states.math.merge(other, empty);
      assertBits(expected, states.context(other));
      states.math.merge(empty, other);
      assertBits(expected, states.context(empty));
      MemorySegment none = states.pool(new float[0], new float[0]);
      states.math.merge(none, states.pool(new float[0], new float[0]));
      assertBits(new float[] {0, 0}, states.context(none));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void notANumberReachesTheResults(TileKernels kernels) {
    float[] x = {1, 2, 3, 4};
    float[] scores = {1, Float.NaN};
    try (States states = new States(kernels, 2)) {
      MemorySegment state = states.pool(x, scores);
      MemorySegment good = states.pool(x, new float[] {1, 2});
      states.math.merge(good, state);
      for (MemorySegment each : new MemorySegment[] {state, good}) {
        assertBits(new float[] {Float.NaN, Float.NaN}, states.context(each));
        assertBits(new float[] {Float.NaN, Float.NaN}, states.weights(each, scores));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void rowsWithinATileAreAsRowsAlone(TileKernels kernels) {
    int width = 19;
    float[] x = BothKernels.uniform(new Random(3), 24 * width, 1);
    float[] scores = BothKernels.uniform(new Random(4), 24, 3);
    try (States states = new States(kernels, width)) {
      for (int from = 0; from < 24; from++) {
        for (int to = from + 1; to <= 24; to++) {
          float[] some = slice(scores, from, to);
          MemorySegment alone = states.pool(slice(x, from * width, to * width), some);
          states.open(x);
          states.score(scores);
          states.math.pool(from, to - from);
          assertBytes(alone, states.math.block());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void mergingEitherWayGivesTheSameBits(TileKernels kernels) {
    Random random = new Random(5);
    try (States states = new States(kernels, 9)) {
      for (int i = 0; i < 100; i++) {
        float[] x = BothKernels.uniform(random, 5 * 9, 1);
        MemorySegment one = states.pool(x, BothKernels.uniform(random, 5, 20));
        MemorySegment other = states.pool(x, BothKernels.uniform(random, 5, 20));
        MemorySegment oneAgain = states.arena.allocate(states.layout.bytes(), 64).copyFrom(one);
        states.math.merge(one, other);
        states.math.merge(other, oneAgain);
        assertBytes(one, other);
      }
    }
  }

  /** In float32 the sums would be off by thousands of roundings. */
  @ParameterizedTest
  @MethodSource("kernels")
  void aHundredThousandBlocksStayGood(TileKernels kernels) {
    int blocks = 100_000;
    float[] scores = BothKernels.uniform(new Random(6), blocks, 3);
    float[] x = BothKernels.uniform(new Random(7), blocks, 1);
    double sum = 0;
    double weighted = 0;
    double size = 0;
    try (States states = new States(kernels, 1)) {
      MemorySegment state = states.pool(new float[0], new float[0]);
      for (int t = 0; t < blocks; t++) {
        x[t] += 0.5f;
        states.math.merge(state, states.pool(slice(x, t, t + 1), slice(scores, t, t + 1)));
        double weight = Math.exp(scores[t]);
        sum += weight;
        weighted += weight * x[t];
        size += weight * Math.abs(x[t]);
      }
      double max = state.get(JAVA_DOUBLE, 0);
      double actual = state.get(JAVA_DOUBLE, StateLayout.SUMS) * Math.exp(max);
      assertEquals(sum, state.get(JAVA_DOUBLE, Double.BYTES) * Math.exp(max), 1e-12 * sum);
      assertEquals(weighted, actual, 1e-12 * size);
      assertEquals(weighted / sum, states.context(state)[0], 1e-7);
    }
  }

  /** More rows than a tile has: their weights belong to several blocks. */
  @ParameterizedTest
  @MethodSource("kernels")
  void weightsOfManyRows(TileKernels kernels) {
    float[] scores = BothKernels.uniform(new Random(9), 1003, 4);
    double[] expected = softmax(scores);
    double sum = 0;
    for (float e : scores) {
      sum += Math.exp(e - 4.0);
    }
    try (States states = new States(kernels, 1)) {
      MemorySegment state = states.arena.allocate(states.layout.bytes(), 64);
      state.set(JAVA_DOUBLE, 0, 4);
      state.set(JAVA_DOUBLE, Double.BYTES, sum);
      float[] actual = states.weights(state, scores);
      for (int t = 0; t < scores.length; t++) {
        assertEquals(expected[t], actual[t], TOLERANCE * expected[t]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void blockIsFreedWithTheArithmetic(TileKernels kernels) {
    MemorySegment block;
    try (States states = new States(kernels, 1)) {
      block = states.math.block();
    }
    assertFalse(block.scope().isAlive());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void refusesRowsThatWereNotConverted(TileKernels kernels) {
    try (States states = new States(kernels, 1)) {
      MemorySegment x = states.arena.allocate(JAVA_FLOAT);
      JvmTileMath math = states.math;
      assertThrows(IllegalStateException.class, () -> math.open(x, 0, ElementType.BF16, 1));
      assertThrows(IllegalStateException.class, () -> math.open(x, 0, ElementType.BF16, x, 0, 1));
    }
  }

  private static double[] softmax(float[] scores) {
    double[] weights = new double[scores.length];
    Arrays.setAll(weights, t -> Math.exp(scores[t]));
    double sum = Arrays.stream(weights).sum();
    Arrays.setAll(weights, t -> weights[t] / sum);
    return weights;
  }

  private static float[] slice(float[] values, int from, int to) {
    return Arrays.copyOfRange(values, from, to);
  }

  private static void assertBytes(MemorySegment expected, MemorySegment actual) {
    assertArrayEquals(expected.toArray(JAVA_BYTE), actual.toArray(JAVA_BYTE));
  }

  private static void assertBits(float[] expected, float[] actual) {
    int[] expectedBits = new int[expected.length];
    int[] actualBits = new int[actual.length];
    Arrays.setAll(expectedBits, i -> Float.floatToIntBits(expected[i]));
    Arrays.setAll(actualBits, i -> Float.floatToIntBits(actual[i]));
    assertArrayEquals(expectedBits, actualBits, () -> Arrays.toString(actual));
  }

  /** The arithmetic of a layer of some width, with memory for states. */
  private static final class States implements AutoCloseable {
    final Arena arena = Arena.ofConfined();
    final StateLayout layout;
    final JvmTileMath math;
    private final int width;

    States(TileKernels kernels, int width) {
      this.width = width;
      this.layout = new StateLayout(1, width);
      Linear score = Linear.of(1, width, new float[width]);
      this.math =
          new JvmTileMath(
              new JvmTileProgram(LayerForm.of(AttentionParameters.linear(score)), kernels));
    }

    MemorySegment pool(float[] x, float[] scores) {
      if (scores.length > 0) {
        open(x);
      }
      score(scores);
      math.pool(0, scores.length);
      return arena.allocate(layout.bytes(), 64).copyFrom(math.block());
    }

    void open(float[] x) {
      math.open(arena.allocateFrom(JAVA_FLOAT, x), 0, ElementType.F32, x.length / width);
    }

    /** Gives the rows of the tile these scores. */
    void score(float[] scores) {
      System.arraycopy(scores, 0, math.scores(), 0, scores.length);
    }

    float[] context(MemorySegment state) {
      MemorySegment context = arena.allocate(JAVA_FLOAT, width);
      math.finish(state, context, 0);
      return context.toArray(JAVA_FLOAT);
    }

    float[] weights(MemorySegment state, float[] scores) {
      MemorySegment weights = arena.allocateFrom(JAVA_FLOAT, scores);
      math.weigh(state, 0, weights, 0, scores.length);
      return weights.toArray(JAVA_FLOAT);
    }

    @Override
    public void close() {
      math.close();
      arena.close();
    }
  }
}
