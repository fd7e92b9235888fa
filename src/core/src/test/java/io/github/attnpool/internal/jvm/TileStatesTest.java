package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.internal.fused.TileMath;
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
      states.math.merge(first, 0, second, 0);
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
      assertEquals(-INF, empty.get(JAVA_FLOAT, 0));
      assertEquals(0f, empty.get(JAVA_FLOAT, Float.BYTES));
      assertBits(new float[] {0, 0}, states.context(empty));
      assertBits(new float[] {0, 0}, states.weights(empty, new float[] {-INF, -INF}));

      MemorySegment other = states.pool(x, new float[] {1, 2});
      float[] expected = states.context(other);
      states.math.merge(other, 0, empty, 0);
      assertBits(expected, states.context(other));
      states.math.merge(empty, 0, other, 0);
      assertBits(expected, states.context(empty));
      MemorySegment none = states.pool(new float[0], new float[0]);
      states.math.merge(none, 0, states.pool(new float[0], new float[0]), 0);
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
      states.math.merge(good, 0, state, 0);
      for (MemorySegment each : new MemorySegment[] {state, good}) {
        assertBits(new float[] {Float.NaN, Float.NaN}, states.context(each));
        assertBits(new float[] {Float.NaN, Float.NaN}, states.weights(each, scores));
      }
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
      state.set(JAVA_FLOAT, 0, 4);
      state.set(JAVA_FLOAT, Float.BYTES, (float) sum);
      float[] actual = states.weights(state, scores);
      for (int t = 0; t < scores.length; t++) {
        assertEquals(expected[t], actual[t], TOLERANCE * expected[t]);
      }
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
    final TileMath math;
    private final int width;

    States(TileKernels kernels, int width) {
      this.width = width;
      this.layout = new StateLayout(1, width);
      Linear score = Linear.of(1, width, new float[width]);
      this.math = new JvmTileProgram(AttentionParameters.linear(score), kernels).newMath();
    }

    MemorySegment pool(float[] x, float[] scores) {
      MemorySegment state = arena.allocate(layout.bytes(), 64);
      MemorySegment rows = arena.allocateFrom(JAVA_FLOAT, x);
      math.pool(rows, 0, scores.length, arena.allocateFrom(JAVA_FLOAT, scores), 0, state, 0);
      return state;
    }

    float[] context(MemorySegment state) {
      MemorySegment context = arena.allocate(JAVA_FLOAT, width);
      math.finish(state, 0, context, 0);
      return context.toArray(JAVA_FLOAT);
    }

    float[] weights(MemorySegment state, float[] scores) {
      MemorySegment weights = arena.allocateFrom(JAVA_FLOAT, scores);
      math.weigh(weights, 0, scores.length, state, 0);
      return weights.toArray(JAVA_FLOAT);
    }

    @Override
    public void close() {
      math.close();
      arena.close();
    }
  }
}
