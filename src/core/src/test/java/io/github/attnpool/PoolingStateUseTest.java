package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.Forms;
import io.github.attnpool.testkit.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What parts may be, what is refused, and what a state says when there is nothing in it. */
class PoolingStateUseTest {
  private static final int ROWS = 700;
  private static final AttentionParameters PLAIN = Forms.small().get("plain");
  private static final int WIDTH = PLAIN.inputWidth();

  static List<Variant> ways() {
    return Variant.offered().stream().filter(variant -> variant.plan() == Plan.FUSED).toList();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void masksTakeRowsOutOfParts(Variant variant) {
    float[] x = Forms.uniform(new Random(1), ROWS * WIDTH, 2);
    byte[] keep = new byte[ROWS];
    int kept = 0;
    for (int t = 0; t < ROWS; t++) {
      keep[t] = (byte) (t % 3 == 1 ? 0 : 1);
      kept += keep[t];
    }
    try (AttentionPooling layer = variant.builder(PLAIN).build();
        Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocateFrom(JAVA_FLOAT, x);
      Outputs out = pooled(layer, masked(rows, keep, 0, ROWS), arena);
      PoolingState state = layer.newState();
      for (int from = 0; from < ROWS; from += 100) {
        state.add(masked(rows, keep, from, from + 100));
      }
      assertEquals(kept, state.rows());
      LongSequence.assertClose(
          1e-6,
          Map.of(Output.CONTEXT, out.toArray(Output.CONTEXT)),
          Map.of(Output.CONTEXT, state.context()),
          "masked");
    }
  }

  private static Sequences masked(MemorySegment rows, byte[] keep, int from, int to) {
    long rowBytes = (long) WIDTH * Float.BYTES;
    MemorySegment part = rows.asSlice(from * rowBytes, (to - from) * rowBytes);
    return Sequences.padded(part, ElementType.F32, 1, to - from, WIDTH)
        .withKeepMask(MemorySegment.ofArray(Arrays.copyOfRange(keep, from, to)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void scoresOfMaskedRowsAreInfinite(Variant variant) {
    try (AttentionPooling layer = variant.builder(PLAIN).build();
        Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocate(JAVA_FLOAT, 3L * WIDTH);
      MemorySegment scores = arena.allocate(JAVA_FLOAT, 3);
      PoolingState state = layer.newState();
      state.add(masked(rows, new byte[] {1, 0, 1}, 0, 3), scores);
      float[] read = scores.toArray(JAVA_FLOAT);
      assertEquals(Float.NEGATIVE_INFINITY, read[1]);
      assertTrue(Float.isFinite(read[0]) && read[0] == read[2], Arrays.toString(read));
      state.weights(0, scores);
      assertArrayEquals(new float[] {0.5f, 0, 0.5f}, scores.toArray(JAVA_FLOAT));
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void partsMayBeOfAnyMemoryAndType(Variant variant) {
    Random random = new Random(2);
    short[] bits = new short[ROWS * WIDTH];
    float[] x = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) (Float.floatToRawIntBits(random.nextFloat(-2, 2)) >>> 16);
      x[i] = Float.intBitsToFloat(bits[i] << 16);
    }
    try (AttentionPooling layer = variant.builder(PLAIN).build();
        Arena arena = Arena.ofConfined()) {
      PoolingState floats = layer.newState();
      floats.add(x, ROWS);
      PoolingState confined = layer.newState();
      confined.add(sequence(arena.allocateFrom(JAVA_FLOAT, x), ElementType.F32));
      PoolingState bfloats = layer.newState();
      bfloats.add(sequence(arena.allocateFrom(JAVA_SHORT, bits), ElementType.BF16));
      assertArrayEquals(floats.toBytes(), confined.toBytes());
      assertArrayEquals(floats.toBytes(), bfloats.toBytes());
    }
  }

  private static Sequences sequence(MemorySegment rows, ElementType type) {
    return Sequences.ragged(rows, type, WIDTH, 0, ROWS);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void resultsMayBeReadBetweenParts(Variant variant) {
    float[] x = Forms.uniform(new Random(4), ROWS * WIDTH, 2);
    try (AttentionPooling layer = variant.builder(PLAIN).build()) {
      PoolingState read = layer.newState();
      PoolingState unread = layer.newState();
      for (int from = 0; from < ROWS; from += 100) {
        float[] part = Arrays.copyOfRange(x, from * WIDTH, (from + 100) * WIDTH);
        read.add(part, 100);
        unread.add(part, 100);
        assertEquals(WIDTH, read.context().length);
        assertEquals(2, read.logits().length);
      }
      assertArrayEquals(unread.toBytes(), read.toBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void resetForgetsAllRows(Variant variant) {
    float[] x = Forms.uniform(new Random(6), ROWS * WIDTH, 2);
    try (AttentionPooling layer = variant.builder(PLAIN).build()) {
      PoolingState fresh = layer.newState();
      byte[] empty = fresh.toBytes();
      fresh.add(x, ROWS);
      PoolingState reused = layer.newState();
      reused.add(Arrays.copyOf(x, 9 * WIDTH), 9);
      reused.reset();
      assertEquals(0, reused.rows());
      assertArrayEquals(empty, reused.toBytes());
      reused.add(x, ROWS);
      assertArrayEquals(fresh.toBytes(), reused.toBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void resultsMayBeWrittenIntoTheCallersMemory(Variant variant) {
    try (AttentionPooling layer = variant.builder(PLAIN).build();
        Arena arena = Arena.ofConfined()) {
      PoolingState state = layer.newState();
      state.add(Forms.uniform(new Random(7), 9 * WIDTH, 1), 9);
      MemorySegment context = arena.allocate(JAVA_FLOAT, WIDTH);
      state.context(context);
      assertArrayEquals(state.context(), context.toArray(JAVA_FLOAT));
      MemorySegment logits = arena.allocate(JAVA_FLOAT, 2);
      state.logits(logits);
      assertArrayEquals(state.logits(), logits.toArray(JAVA_FLOAT));
      assertRefused("room for 8 bytes of context", () -> state.context(logits));
      assertRefused("bytes of logits, must be 8", () -> state.logits(context));
      assertRefused("read-only", () -> state.logits(logits.asReadOnly()));
      assertRefused("native memory", () -> state.logits(MemorySegment.ofArray(new float[2])));
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void whatIsRefusedLeavesTheStateAsItWas(Variant variant) {
    try (AttentionPooling layer = variant.builder(PLAIN).build();
        Arena arena = Arena.ofConfined()) {
      PoolingState state = layer.newState();
      state.add(Forms.uniform(new Random(5), 9 * WIDTH, 1), 9);
      byte[] before = state.toBytes();
      MemorySegment rows = arena.allocate(JAVA_FLOAT, 2L * WIDTH);
      Sequences two = Sequences.padded(rows, ElementType.F32, 2, 1, WIDTH);
      assertRefused("batch of 2 sequences", () -> state.add(two));
      Sequences narrow = Sequences.padded(rows, ElementType.F32, 1, 4, WIDTH / 2);
      assertRefused("must have " + WIDTH, () -> state.add(narrow));
      Sequences good = Sequences.padded(rows, ElementType.F32, 1, 2, WIDTH);
      MemorySegment small = arena.allocate(JAVA_FLOAT, 1);
      assertRefused("bytes of scores", () -> state.add(good, small));
      MemorySegment heap = MemorySegment.ofArray(new float[2]);
      assertRefused("native memory", () -> state.add(good, heap));
      assertRefused("head is 1", () -> state.weights(1, small));
      assertRefused("native memory", () -> state.weights(0, heap));
      assertArrayEquals(before, state.toBytes());
      assertEquals(9, state.rows());
    }
  }

  private static void assertRefused(String problem, Runnable call) {
    AttnPoolException e = assertThrows(AttnPoolException.class, call::run);
    assertTrue(e.problem().contains(problem), e.problem());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nothingIsAsTheLayerSays(Variant variant) {
    float[] bias = PlainLayer.of(PLAIN).outputLayer().orElseThrow().bias().orElseThrow();
    try (AttentionPooling layer = variant.builder(PLAIN).build()) {
      assertArrayEquals(new float[WIDTH], layer.newState().context());
      assertArrayEquals(bias, layer.newState().logits());
    }
    try (AttentionPooling layer =
        variant.builder(PLAIN).emptySequence(EmptySequencePolicy.NAN).build()) {
      for (float value : layer.newState().context()) {
        assertTrue(Float.isNaN(value));
      }
    }
    try (AttentionPooling layer =
        variant.builder(PLAIN).emptySequence(EmptySequencePolicy.ERROR).build()) {
      assertRefused("no rows", () -> layer.newState().context());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aClosedLayerTakesNoMore(Variant variant) {
    AttentionPooling layer = variant.builder(PLAIN).build();
    PoolingState state = layer.newState();
    state.add(new float[WIDTH], 1);
    layer.close();
    assertThrows(AttnPoolException.class, () -> state.add(new float[WIDTH], 1));
    assertThrows(AttnPoolException.class, state::context);
    assertEquals(1, state.rows());
    assertTrue(state.toBytes().length > 0);
  }

  /** One machine may have the native libraries and another not. */
  @Test
  void aStateGoesFromBackendToBackend() {
    List<Variant> one = ways().stream().filter(variant -> variant.threads() == 1).toList();
    for (Map.Entry<String, AttentionParameters> form : Forms.small().entrySet()) {
      for (Variant from : one) {
        for (Variant to : one) {
          handOver(form.getKey(), form.getValue(), from, to);
        }
      }
    }
  }

  private static void handOver(
      String form, AttentionParameters parameters, Variant from, Variant to) {
    try (AttentionPooling first = from.builder(parameters).build();
        AttentionPooling second = to.builder(parameters).build();
        Arena arena = Arena.ofConfined()) {
      LongSequence sequence = new LongSequence(first, ROWS, arena);
      PoolingState state = second.stateFromBytes(sequence.state(0, 333).toBytes());
      state.add(sequence.part(333, ROWS));
      assertEquals(ROWS, state.rows());
      // Float32 hidden units of one backend are not bit for bit those of another.
      LongSequence.assertClose(
          1e-5, sequence.inOneCall(), LongSequence.of(state), form + " from " + from + " to " + to);
    }
  }

  private static Outputs pooled(AttentionPooling layer, Sequences in, Arena arena) {
    Outputs out = layer.allocate(in, arena);
    layer.forward(in, out);
    return out;
  }
}
