package io.github.attnpool.spi;

import io.github.attnpool.internal.arguments.Arguments;
import java.util.Locale;

/** Where the sequences of a batch begin and end: the positions of their first rows. */
public final class SequenceBounds {
  private static final Arguments ARGUMENTS = new Arguments("sequences");

  private final long steps; // T, or -1 when ragged
  private final long[] offsets; // [B+1]

  private SequenceBounds(long steps, long... offsets) {
    this.steps = steps;
    this.offsets = offsets;
  }

  /**
   * {@return sequences of the same number of positions}
   *
   * @param batch B, the number of sequences
   * @param steps T
   */
  public static SequenceBounds padded(int batch, long steps) {
    ARGUMENTS.notNegative("batch", batch);
    ARGUMENTS.notNegative("steps", steps);
    ARGUMENTS.must(
        Math.multiplyHigh(batch, steps) == 0 && batch * steps >= 0,
        () -> String.format(Locale.ROOT, "batch %d x steps %d is too large", batch, steps));
    long[] offsets = ARGUMENTS.longs("offsets", batch + 1L);
    for (int b = 0; b < batch; b++) {
      offsets[b + 1] = offsets[b] + steps;
    }
    return new SequenceBounds(steps, offsets);
  }

  /**
   * {@return sequences of different lengths}
   *
   * @param offsets [B+1], from 0, never falling; taken over, not copied
   */
  public static SequenceBounds ragged(long... offsets) {
    ARGUMENTS.must(
        ARGUMENTS.given("offsets", offsets).length > 0,
        () -> "offsets are missing, must have B+1 values");
    return new SequenceBounds(-1, offsets);
  }

  /** {@return B, the number of sequences} */
  public int batch() {
    return offsets.length - 1;
  }

  /** {@return whether all sequences have the same number of positions, T} */
  public boolean isPadded() {
    return steps >= 0;
  }

  /** {@return T, or −1 for a ragged batch} */
  public long steps() {
    return steps;
  }

  /** {@return the number of positions, padding included: B·T or N} */
  public long positions() {
    return offsets[offsets.length - 1];
  }

  /**
   * {@return the position of a sequence's first row, or for {@code batch()} the end of the last}
   *
   * @param sequence 0 to B
   */
  public long offset(int sequence) {
    if (sequence < 0 || sequence >= offsets.length) { // as the JVM checks again, at no cost
      ARGUMENTS.index("sequence", sequence, offsets.length);
    }
    return offsets[sequence];
  }
}
