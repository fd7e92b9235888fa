package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.internal.rows.RunCursor;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.ScoreBias;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** The forms in which callers give numbers that are added to the scores. */
final class BiasForms {
  private BiasForms() {}

  /**
   * Copies a bias and checks its values.
   *
   * @param in the batch that it belongs to
   * @param heads 1 where all heads share it
   */
  static ScoreBias read(RowBatch in, MemorySegment bias, int heads) {
    Sequences.ARGUMENTS.given("bias", bias);
    Sequences.ARGUMENTS.must(
        heads >= 1, () -> "the bias is for " + heads + " heads, must be at least 1");
    long count = Rows.times(in.positions(), heads);
    Sequences.ARGUMENTS.must(
        bias.byteSize() == Rows.times(count, Float.BYTES),
        () ->
            String.format(
                Locale.ROOT,
                "the bias has %d bytes, must have %d: F32, %s for each of the %d positions",
                bias.byteSize(),
                count * Float.BYTES,
                heads == 1 ? "one" : heads + " (one per head)",
                in.positions()));
    Sequences.ARGUMENTS.must(
        count <= Integer.MAX_VALUE - 8,
        () -> "the bias has " + count + " values, too many for a Java array");
    Sequences.ARGUMENTS.usable("the bias", bias);
    float[] values = copy(bias);
    ScoreBias copy = new ScoreBias(values, heads);
    for (int b = 0; b < in.batch(); b++) {
      for (int head = 0; head < heads; head++) {
        check(in, copy, b, head);
      }
    }
    return copy;
  }

  private static float[] copy(MemorySegment bias) {
    try {
      return bias.toArray(JAVA_FLOAT_UNALIGNED);
    } catch (InternalError e) {
      throw Sequences.cut("the bias", e);
    } catch (OutOfMemoryError e) {
      throw Sequences.ARGUMENTS.noMemory("a copy of the bias", e);
    }
  }

  /** Checks the values of rows that take part: others are not used. */
  private static void check(RowBatch in, ScoreBias bias, int sequence, int head) {
    long base = bias.base(in, sequence, head);
    RunCursor runs = new RunCursor();
    for (runs.start(in.kept(), sequence); runs.next(); ) {
      for (long position = runs.position(); position < runs.position() + runs.rows(); position++) {
        float value = bias.values()[(int) (base + position)];
        if (!(value < Float.POSITIVE_INFINITY)) {
          throw Sequences.ARGUMENTS.bad(
              String.format(
                  Locale.ROOT,
                  "the bias at position %d%s is %s, must be finite, or -Infinity for a weight of 0",
                  position,
                  bias.heads() == 1 ? "" : ", head " + head,
                  value));
        }
      }
    }
  }
}
