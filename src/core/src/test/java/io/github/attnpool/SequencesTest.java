package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SequencesTest {
  private static final MemorySegment X = MemorySegment.ofArray(new float[24]);

  @Test
  void padded() {
    Sequences in = Sequences.padded(X, ElementType.F32, 2, 3, 4);
    assertTrue(in.isPadded());
    assertEquals(2, in.batch());
    assertEquals(3, in.steps().orElseThrow());
    assertEquals(6, in.positions());
    assertEquals(4, in.width());
    assertEquals(ElementType.F32, in.rows().type());
    assertEquals(3, in.offset(1));
    assertEquals(6, in.offset(2));
    assertEquals(6, in.keptRows());
    assertEquals((1 * 5 + 2) * 3, in.resultIndex(1, 2, 5)); // [B,R,T]
  }

  @Test
  void ragged() {
    Sequences in = Sequences.ragged(X, ElementType.F32, 4, 0, 1, 1, 6);
    assertFalse(in.isPadded());
    assertEquals(3, in.batch());
    assertTrue(in.steps().isEmpty());
    assertEquals(6, in.positions());
    assertEquals(1, in.offset(2));
    assertEquals(0, in.keptRows(1));
    assertEquals(2 * 6 + 1, in.resultIndex(2, 2, 5)); // [R,N]
  }

  @Test
  void everyRealTypeButF64() {
    for (ElementType type : ElementType.values()) {
      MemorySegment x = MemorySegment.ofArray(new byte[6 * type.bytes()]);
      if (type.isReal() && type != ElementType.F64) {
        assertEquals(2, Sequences.padded(x, type, 1, 2, 3).positions());
      } else {
        assertBad(
            "x has element type " + type + ", must be F32, BF16 or F16",
            () -> Sequences.padded(x, type, 1, 2, 3));
      }
    }
  }

  @Test
  void nothingAtAll() {
    MemorySegment none = MemorySegment.ofArray(new float[0]);
    assertEquals(0, Sequences.padded(none, ElementType.F32, 0, 5, 4).positions());
    assertEquals(0, Sequences.padded(none, ElementType.F32, 5, 0, 4).positions());
    assertEquals(0, Sequences.ragged(none, ElementType.F32, 4, 0).batch());
    assertEquals(2, Sequences.ragged(none, ElementType.F32, 4, 0, 0, 0).batch());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1|3|4|batch is -1, must be 0 to 2147483631",
        "2147483647|0|4|batch is 2147483647, must be 0 to",
        "2|-3|4|steps is -3, must be at least 0",
        "2|3|0|width is 0, must be at least 1",
        "2|3|-4|width is -4, must be at least 1",
        "2|3|5|x has 96 bytes, must have 120 (6 rows of 5 F32)",
        "2|2|4|x has 96 bytes, must have 64 (4 rows of 4 F32)",
        "2147483631|1|4|x has 96 bytes, must have 34359738096 (2147483631 rows of 4 F32)",
        "2|9223372036854775807|4|the size 2 x 9223372036854775807 is too large",
        "1|9223372036854775807|4|the size 9223372036854775807 x 4 is too large",
        "1|4611686018427387904|1|the size 4611686018427387904 x 4 is too large",
      })
  void badSizes(int batch, long steps, int width, String problem) {
    assertBad(problem, () -> Sequences.padded(X, ElementType.F32, batch, steps, width));
  }

  @Test
  void missingArguments() {
    assertBad(
        "x must not be null",
        () -> Sequences.padded((MemorySegment) null, ElementType.F32, 2, 3, 4));
    assertBad("type must not be null", () -> Sequences.padded(X, null, 2, 3, 4));
    assertBad("offsets are missing", () -> Sequences.ragged(X, ElementType.F32, 4));
    assertBad(
        "offsets must not be null", () -> Sequences.ragged(X, ElementType.F32, 4, (long[]) null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,6|offsets[0] is 1, must be 0",
        "-1,6|offsets[0] is -1, must be 0",
        "0,4,3,6|offsets[2] is 3, must not be below the 4 before it",
        "0,-1|offsets[1] is -1, must not be below the 0 before it",
        "0,5|x has 96 bytes, must have 80 (5 rows of 4 F32)",
        "0,7|x has 96 bytes, must have 112 (7 rows of 4 F32)",
        "0,9223372036854775807|is too large",
      })
  void badOffsets(String offsets, String problem) {
    assertBad(problem, () -> Sequences.ragged(X, ElementType.F32, 4, longs(offsets)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|there are 1 lengths, must be one for each of the 2 sequences",
        "1,2,3|there are 3 lengths",
        "1,-1|lengths[1] is -1, must be 0 to 3",
        "4,1|lengths[0] is 4, must be 0 to 3",
        "-9223372036854775808,1|lengths[0] is -9223372036854775808",
      })
  void badLengths(String lengths, String problem) {
    Sequences in = Sequences.padded(X, ElementType.F32, 2, 3, 4);
    assertBad(problem, () -> in.withLengths(longs(lengths)));
    assertBad("lengths must not be null", () -> in.withLengths((long[]) null));
  }

  @Test
  void badMasks() {
    Sequences in = Sequences.padded(X, ElementType.F32, 2, 3, 4);
    assertBad("keep must not be null", () -> in.withKeepMask(null));
    assertBad(
        "the keep mask has 5 bytes, must have one for each of the 6 positions",
        () -> in.withKeepMask(MemorySegment.ofArray(new byte[5])));
    assertBad(
        "the keep mask at position 4 is -1, must be 0 or 1",
        () -> in.withKeepMask(MemorySegment.ofArray(new byte[] {0, 1, 0, 1, -1, 2})));
    MemorySegment closed;
    try (Arena arena = Arena.ofConfined()) {
      closed = arena.allocate(6);
    }
    assertBad("memory of the keep mask is already closed", () -> in.withKeepMask(closed));
  }

  @Test
  void aMaskFollowsNothingElse() {
    Sequences padded = Sequences.padded(X, ElementType.F32, 2, 3, 4);
    Sequences shortened = padded.withLengths(1, 3);
    MemorySegment mask = MemorySegment.ofArray(new byte[6]);
    assertBad(
        "cannot be given to a batch that already has some", () -> shortened.withLengths(1, 1));
    assertBad("a keep mask cannot be given", () -> shortened.withKeepMask(mask));
    Sequences ragged = Sequences.ragged(X, ElementType.F32, 4, 0, 6);
    assertBad("lengths can only be given to a padded batch", () -> ragged.withLengths(1));
    assertBad("a keep mask can only be given to a padded", () -> ragged.withKeepMask(mask));
  }

  /** How many a sequence has kept must not change under a forward call. */
  @ParameterizedTest
  @EnumSource
  void argumentsAreCopied(Argument argument) {
    long[] numbers = argument == Argument.OFFSETS ? new long[] {0, 2, 6} : new long[] {2, 3};
    byte[] mask = {1, 1, 0, 1, 1, 1};
    Sequences padded = Sequences.padded(X, ElementType.F32, 2, 3, 4);
    Sequences in =
        switch (argument) {
          case OFFSETS -> Sequences.ragged(X, ElementType.F32, 4, numbers);
          case LENGTHS -> padded.withLengths(numbers);
          case MASK -> padded.withKeepMask(MemorySegment.ofArray(mask));
        };
    numbers[1] = 100;
    mask[0] = 0;
    assertEquals(2, in.keptRows(0));
  }

  /** What says which rows take part. */
  enum Argument {
    OFFSETS,
    LENGTHS,
    MASK
  }

  private static void assertBad(String problem, Executable call) {
    AttnPoolException e = assertThrows(AttnPoolException.class, call);
    assertTrue(e.getMessage().startsWith("sequences: "), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  private static long[] longs(String text) {
    String[] parts = text.split(",", -1);
    long[] longs = new long[parts.length];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = Long.parseLong(parts[i]);
    }
    return longs;
  }
}
