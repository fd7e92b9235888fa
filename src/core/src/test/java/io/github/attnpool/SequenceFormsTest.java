package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Rows as arrays, lists and buffers, and queries. */
class SequenceFormsTest {
  private static final float[] X = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

  @Test
  void anArrayIsNotCopied() {
    Sequences in = Sequences.padded(Rows.of(X, 2), 2, 3);
    assertSame(X, in.rows().memory().orElseThrow().heapBase().orElseThrow());
    assertEquals(2, in.batch());
    assertEquals(3, in.steps().orElseThrow());
  }

  @Test
  void aBufferCountsFromItsPositionToItsLimit() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(8);
    for (float value : X) {
      buffer.putFloat(value);
    }
    buffer.limit(buffer.position()).position(8);
    Sequences in = Sequences.padded(Rows.of(buffer, ElementType.F32, 2), 2, 3);
    assertArrayEquals(X, in.rows().memory().orElseThrow().toArray(JAVA_FLOAT));
    assertEquals(8, buffer.position());
  }

  @Test
  void buffersOfFloatsAndShorts() {
    for (FloatBuffer floats :
        List.of(
            FloatBuffer.wrap(X),
            ByteBuffer.allocateDirect(X.length * 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .put(X)
                .flip())) {
      Sequences in = Sequences.padded(Rows.of(floats, 2), 2, 3);
      assertArrayEquals(X, in.rows().memory().orElseThrow().toArray(JAVA_FLOAT));
    }
    short[] halves = {1, 2, 3, 4};
    for (ElementType type : List.of(ElementType.BF16, ElementType.F16)) {
      Rows rows = Rows.of(ShortBuffer.wrap(halves), type, 2);
      assertEquals(type, rows.type());
      assertArrayEquals(halves, rows.memory().orElseThrow().toArray(JAVA_SHORT));
    }
    assertRefused(
        "x is a ShortBuffer of F32 values, must be BF16 or F16",
        () -> Rows.of(ShortBuffer.wrap(halves), ElementType.F32, 2));
  }

  /**
   * Java makes buffers so, and slices of any buffer; read as they are, the values would be wrong.
   */
  @Test
  void bigEndianBuffersAreRefused() {
    ByteBuffer little = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    String message =
        "x is a buffer in big-endian byte order, Java's default; must be little-endian: call"
            + " order(ByteOrder.LITTLE_ENDIAN) before it is filled";
    for (ByteBuffer big :
        List.of(
            ByteBuffer.allocate(16),
            ByteBuffer.allocateDirect(16),
            little.slice(),
            little.duplicate())) {
      for (ElementType type : List.of(ElementType.F32, ElementType.BF16, ElementType.F16)) {
        assertRefused(message, () -> Rows.of(big, type, 2));
      }
      assertRefused(message, () -> Rows.of(big.asFloatBuffer(), 2));
      assertRefused(message, () -> Rows.of(big.asShortBuffer(), ElementType.F16, 2));
    }
  }

  @Test
  void arraysOfDifferentLengthsBecomeARaggedBatch() {
    try (Arena arena = Arena.ofConfined()) {
      List<float[]> arrays =
          List.of(Arrays.copyOf(X, 4), new float[0], Arrays.copyOfRange(X, 4, 12));
      Sequences in = Sequences.copyOf(arrays, 2, arena);
      assertEquals(3, in.batch());
      assertEquals(2, in.offset(1));
      assertEquals(2, in.offset(2));
      assertEquals(6, in.positions());
      assertArrayEquals(X, in.rows().memory().orElseThrow().toArray(JAVA_FLOAT));
    }
  }

  @Test
  void anArrayOfPartsOfRowsIsRefused() {
    try (Arena arena = Arena.ofConfined()) {
      assertRefused(
          "sequence 1 has 3 values, must be whole rows of 2 values",
          () -> Sequences.copyOf(List.of(new float[2], new float[3]), 2, arena));
      assertRefused(
          "sequence 0 is null, must be whole rows of 2 values",
          () -> Sequences.copyOf(Collections.singletonList((float[]) null), 2, arena));
    }
    assertRefused("x must not be null", () -> Sequences.padded(Rows.of((float[]) null, 1), 1, 1));
    assertRefused(
        "x must not be null",
        () -> Sequences.padded(Rows.of((ByteBuffer) null, ElementType.F32, 1), 1, 1));
  }

  @Test
  void queriesHaveOneRowForEachSequence() {
    Sequences in = Sequences.padded(Rows.of(X, 2), 2, 3);
    MemorySegment queries = MemorySegment.ofArray(new float[10]);
    assertEquals(5, in.withQueries(queries).queryWidth());
    assertSame(queries, in.withQueries(queries).withLengths(1, 2).queries().orElseThrow());
    assertEquals(5, in.withLengths(1, 2).withQueries(queries).queryWidth());
    assertRefused(
        "the queries have 36 bytes, must have the same number of F32 values for each of the 2"
            + " sequences",
        () -> in.withQueries(MemorySegment.ofArray(new float[9])));
    assertRefused("queries must not be null", () -> in.withQueries(null));
    assertTrue(in.queries().isEmpty());
  }

  private static void assertRefused(String problem, Executable use) {
    assertEquals(problem, assertThrows(AttnPoolException.class, use).problem());
  }
}
