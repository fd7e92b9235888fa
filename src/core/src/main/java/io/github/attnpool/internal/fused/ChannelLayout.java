package io.github.attnpool.internal.fused;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;

/**
 * Softmax states with one number per channel, F64, array after array: the maximum m of the scores,
 * the sum s of exp(e − m), Σ exp(e − m)·v and, with two moments, Σ exp(e − m)·(v − mean)². No rows
 * at all: m = −∞, zeros. Squares are about the mean, so that the standard deviation stays good
 * where the mean is large.
 *
 * <p>Heads with two moments have states of this kind too: head r has the channels r·width to (r +
 * 1)·width − 1, with equal m and s.
 *
 * @param channels number of channels
 * @param moments 1, or 2 for a standard deviation
 */
public record ChannelLayout(int channels, int moments) implements StateMemory {
  private static final int LINE_VALUES = 8; // of a cache line

  /** Returns the number of values from one array to the next. */
  public long stride() {
    return (channels + LINE_VALUES - 1L) / LINE_VALUES * LINE_VALUES;
  }

  @Override
  public long bytes() {
    return (2 + moments) * stride() * Double.BYTES;
  }

  @Override
  public void clear(MemorySegment states) {
    states.fill((byte) 0);
    for (long i = 0; i < channels; i++) {
      states.setAtIndex(JAVA_DOUBLE, i, Double.NEGATIVE_INFINITY);
    }
  }

  /** Returns the maximum of a channel's scores. */
  public static double max(MemorySegment states, long channel) {
    return states.getAtIndex(JAVA_DOUBLE, channel);
  }

  /** Returns the sum of a channel's exponentials. */
  public double sum(MemorySegment states, long channel) {
    return states.getAtIndex(JAVA_DOUBLE, stride() + channel);
  }
}
