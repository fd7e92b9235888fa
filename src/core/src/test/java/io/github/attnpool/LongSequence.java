package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A sequence for one layer, in one call and in parts. */
final class LongSequence {
  private final AttentionPooling layer;
  private final int rows;
  private final int width;
  private final MemorySegment x;
  private final MemorySegment query;

  LongSequence(AttentionPooling layer, int rows, Arena arena) {
    Random random = new Random(rows);
    this.layer = layer;
    this.rows = rows;
    this.width = layer.parameters().inputWidth();
    this.x = arena.allocateFrom(JAVA_FLOAT, Forms.uniform(random, rows * width, 2));
    int asked =
        PlainLayer.of(layer.parameters()).query().isPresent() ? layer.parameters().queryWidth() : 0;
    this.query = arena.allocateFrom(JAVA_FLOAT, Forms.uniform(random, asked, 1));
  }

  /** Rows from … to as a sequence. */
  Sequences part(int from, int to) {
    long rowBytes = (long) width * Float.BYTES;
    MemorySegment part = x.asSlice(from * rowBytes, (to - from) * rowBytes);
    Sequences sequences = Sequences.ragged(part, ElementType.F32, width, 0, to - from);
    return query.byteSize() == 0 ? sequences : sequences.withQueries(query);
  }

  /** A state of rows from … to, added at once. */
  PoolingState state(int from, int to) {
    PoolingState state = layer.newState();
    state.add(part(from, to));
    return state;
  }

  /** The results of one forward call. */
  Map<Output, float[]> inOneCall() {
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = part(0, rows);
      Map<Output, float[]> results = new TreeMap<>();
      Outputs out = layer.allocate(in, arena, EnumSet.of(Output.SCORES, Output.WEIGHTS));
      layer.forward(in, out);
      results.put(Output.SCORES, out.toArray(Output.SCORES));
      results.put(Output.WEIGHTS, out.toArray(Output.WEIGHTS));
      Outputs pooled = layer.allocate(in, arena);
      layer.forward(in, pooled);
      results.put(Output.CONTEXT, pooled.toArray(Output.CONTEXT));
      if (pooled.has(Output.LOGITS)) {
        results.put(Output.LOGITS, pooled.toArray(Output.LOGITS));
      }
      return results;
    }
  }

  /** The same results of parts of these sizes, one after another, and of what is left. */
  Map<Output, float[]> inParts(int... sizes) {
    int heads = layer.parameters().heads();
    PoolingState state = layer.newState();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scores = arena.allocate(JAVA_FLOAT, (long) heads * rows);
      int from = 0;
      for (int i = 0; from < rows; i++) {
        int to = i < sizes.length ? Math.min(rows, from + sizes[i]) : rows;
        addAndSpread(state, from, to, scores);
        from = to;
      }
      assertEquals(rows, state.rows());
      Map<Output, float[]> results = of(state);
      results.put(Output.SCORES, scores.toArray(JAVA_FLOAT));
      for (int head = 0; head < heads; head++) {
        long bytes = (long) rows * Float.BYTES;
        state.weights(head, scores.asSlice(head * bytes, bytes));
      }
      results.put(Output.WEIGHTS, scores.toArray(JAVA_FLOAT));
      return results;
    }
  }

  /** Adds a part, and puts its scores [R, part] where they belong in [R, rows]. */
  private void addAndSpread(PoolingState state, int from, int to, MemorySegment scores) {
    int heads = layer.parameters().heads();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment part = arena.allocate(JAVA_FLOAT, (long) heads * (to - from));
      state.add(part(from, to), part);
      long bytes = (long) (to - from) * Float.BYTES;
      for (int head = 0; head < heads; head++) {
        long at = ((long) head * rows + from) * Float.BYTES;
        MemorySegment.copy(part, head * bytes, scores, at, bytes);
      }
    }
  }

  /** Context and logits. */
  static Map<Output, float[]> of(PoolingState state) {
    Map<Output, float[]> results = new TreeMap<>();
    results.put(Output.CONTEXT, state.context());
    try {
      results.put(Output.LOGITS, state.logits());
    } catch (AttnPoolException e) {
      assertEquals("the parameters have no output layer", e.problem());
    }
    return results;
  }

  static void assertSameBits(
      Map<Output, float[]> expected, Map<Output, float[]> actual, String what) {
    assertEquals(expected.keySet(), actual.keySet(), what);
    expected.forEach(
        (output, values) ->
            assertArrayEquals(bits(values), bits(actual.get(output)), output + ", " + what));
  }

  /** Each of the actual results, relative in the 2-norm. */
  static void assertClose(
      double tolerance, Map<Output, float[]> expected, Map<Output, float[]> actual, String what) {
    actual.forEach(
        (output, values) -> {
          double error = relativeError(expected.get(output), values);
          assertTrue(error <= tolerance, () -> output + ", " + what + ": off by " + error);
        });
  }

  private static double relativeError(float[] expected, float[] actual) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
