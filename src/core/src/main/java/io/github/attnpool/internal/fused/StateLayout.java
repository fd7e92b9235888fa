package io.github.attnpool.internal.fused;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * How softmax states lie in memory, F32, one head behind the other: the maximum m of the scores,
 * the sum s of exp(e − m), and from the next cache line on Σ exp(e − m)·x, not yet divided by s. No
 * rows at all: m = −∞, s = 0, zeros.
 *
 * <p>The formula of merging is that of online softmax (Milakov and Gimelshein, 2018).
 */
public record StateLayout(int heads, int width) {
  /** Offset of the weighted sum in a head's state, in bytes. */
  public static final long SUMS = 64;

  private static final long LINE = 64;

  /** Bytes of one head's state. */
  public long headBytes() {
    return SUMS + (((long) width * Float.BYTES + LINE - 1) / LINE) * LINE;
  }

  /** Bytes of the states of all heads. */
  public long bytes() {
    return heads * headBytes();
  }

  /** Makes a state that of no rows. */
  void clear(MemorySegment state) {
    state.fill((byte) 0);
    for (int head = 0; head < heads; head++) {
      state.set(JAVA_FLOAT, head * headBytes(), Float.NEGATIVE_INFINITY);
    }
  }
}
