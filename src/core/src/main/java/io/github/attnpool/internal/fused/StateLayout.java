package io.github.attnpool.internal.fused;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;

/**
 * How softmax states lie in memory, F64, one head after the other: the maximum m of the scores, the
 * sum s of exp(e − m), and from the next cache line on Σ exp(e − m)·x, not yet divided by s. No
 * rows at all: m = −∞, s = 0, zeros. Float64, so that the sums of any number of blocks, however
 * small, stay good to float32.
 *
 * <p>The formula of merging is that of online softmax (Milakov and Gimelshein, 2018).
 */
public record StateLayout(int heads, int width) implements StateMemory {
  /** Offset of the weighted sum in a head's state, in bytes. */
  public static final long SUMS = 64;

  private static final long LINE = 64;

  /** Returns the bytes of one head's state. */
  public long headBytes() {
    return SUMS + (((long) width * Double.BYTES + LINE - 1) / LINE) * LINE;
  }

  @Override
  public long bytes() {
    return heads * headBytes();
  }

  @Override
  public void clear(MemorySegment state) {
    state.fill((byte) 0);
    for (int head = 0; head < heads; head++) {
      state.set(JAVA_DOUBLE, head * headBytes(), Double.NEGATIVE_INFINITY);
    }
  }

  /**
   * Returns the denominator of the softmax with a constant ε added to it: Σ exp(e) + ε, in terms of
   * a state s + ε·exp(−m). That of the empty state stays 0.
   */
  public static double closedSum(double max, double sum, float epsilon) {
    // StrictMath, because the same bits are promised whether this is compiled or not.
    return epsilon > 0 && max != Double.NEGATIVE_INFINITY
        ? sum + epsilon * StrictMath.exp(-max)
        : sum;
  }
}
