package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.github.attnpool.internal.fused.ChannelLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The states of {@link ChannelLayout} on the heap: m, s = Σ w with w = exp(e − m), Σ w·v and Σ w·(v
 * − mean)². Of one thread.
 */
final class ChannelMoments {
  final double[] max;
  final double[] sum;
  private final double[] first;
  private final double[] second; // empty with one moment
  private final double[] means; // of a block
  private final long strideBytes;

  ChannelMoments(ChannelLayout layout) {
    int channels = layout.channels();
    this.max = new double[channels];
    this.sum = new double[channels];
    this.first = new double[channels];
    this.second = new double[layout.moments() > 1 ? channels : 0];
    this.means = new double[second.length];
    this.strideBytes = layout.stride() * Double.BYTES;
  }

  boolean hasSecond() {
    return second.length > 0;
  }

  void clear() {
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    Arrays.fill(sum, 0);
    Arrays.fill(first, 0);
    Arrays.fill(second, 0);
  }

  /**
   * Adds a row's part in Σ w·v.
   *
   * @param step from one channel's weight to the next one's: 1, or 0 if they share it
   */
  void addFirst(int channel, int count, float[] weights, int at, int step, float[] v, int from) {
    for (int i = 0; i < count; i++) {
      double weight = weights[at + i * step];
      first[channel + i] += weight == 0 ? 0 : weight * v[from + i];
    }
  }

  /** Divides what has been added up, for {@link #addSecond}. */
  void findMeans(int channel, int count) {
    for (int i = channel; i < channel + count; i++) {
      means[i] = first[i] / sum[i];
    }
  }

  /** Adds a row's part in Σ w·(v − mean)², as {@link #addFirst} does. */
  void addSecond(int channel, int count, float[] weights, int at, int step, float[] v, int from) {
    for (int i = 0; i < count; i++) {
      double weight = weights[at + i * step];
      double difference = v[from + i] - means[channel + i];
      second[channel + i] += weight == 0 ? 0 : weight * difference * difference;
    }
  }

  /**
   * Merges other states: with a = exp(m − M) and b = exp(m' − M) for the larger M, sums become a·s
   * + b·s' and so on, and squares get a·s·b·s'/(a·s + b·s')·(mean − mean')² in addition. Which of
   * two is merged into the other makes no difference to the bits.
   */
  void merge(ChannelMoments other) {
    for (int i = 0; i < max.length; i++) {
      if (other.max[i] == Double.NEGATIVE_INFINITY) {
        continue;
      }
      if (max[i] == Double.NEGATIVE_INFINITY) {
        take(other, i);
        continue;
      }
      double most = Math.max(max[i], other.max[i]); // NaN if one is
      // StrictMath, because the same bits are promised whether this is compiled or not.
      double scale = StrictMath.exp(max[i] - most);
      double otherScale = StrictMath.exp(other.max[i] - most);
      double part = sum[i] * scale;
      double otherPart = other.sum[i] * otherScale;
      if (hasSecond()) {
        double lesser = Math.min(scale, otherScale);
        double apart = first[i] / sum[i] - other.first[i] / other.sum[i];
        double between = part * otherPart / (part + otherPart) * (apart * apart);
        second[i] =
            SoftmaxState.scaled(second[i], scale)
                + SoftmaxState.scaled(other.second[i], otherScale)
                + (Double.isFinite(between) || lesser >= Float.MIN_NORMAL ? between : 0);
      }
      max[i] = most;
      sum[i] = part + otherPart;
      first[i] =
          SoftmaxState.scaled(first[i], scale) + SoftmaxState.scaled(other.first[i], otherScale);
    }
  }

  private void take(ChannelMoments other, int i) {
    max[i] = other.max[i];
    sum[i] = other.sum[i];
    first[i] = other.first[i];
    if (hasSecond()) {
      second[i] = other.second[i];
    }
  }

  /** The mean of a channel; 0 for an empty one. */
  float mean(int channel, double closedSum) {
    return isEmpty(channel) ? 0 : (float) (first[channel] / closedSum);
  }

  /**
   * √(max(Σ α v² − mean², minVariance)) of a channel; of an empty one 0. With A = Σ α, which is
   * below 1 if the softmax has an ε, that variance is A·second/s + A·(1 − A)·(first/s)².
   */
  float deviation(int channel, double closedSum, double minVariance) {
    if (isEmpty(channel)) {
      return 0;
    }
    double all = sum[channel] / closedSum;
    double open = first[channel] / sum[channel];
    double variance = all * second[channel] / sum[channel] + all * (1 - all) * open * open;
    return (float) Math.sqrt(variance < minVariance ? minVariance : variance);
  }

  private boolean isEmpty(int channel) {
    return max[channel] == Double.NEGATIVE_INFINITY;
  }

  void read(MemorySegment states) {
    MemorySegment.copy(states, JAVA_DOUBLE, 0, max, 0, max.length);
    MemorySegment.copy(states, JAVA_DOUBLE, strideBytes, sum, 0, max.length);
    MemorySegment.copy(states, JAVA_DOUBLE, 2 * strideBytes, first, 0, max.length);
    if (hasSecond()) {
      MemorySegment.copy(states, JAVA_DOUBLE, 3 * strideBytes, second, 0, max.length);
    }
  }

  void write(MemorySegment states) {
    MemorySegment.copy(max, 0, states, JAVA_DOUBLE, 0, max.length);
    MemorySegment.copy(sum, 0, states, JAVA_DOUBLE, strideBytes, max.length);
    MemorySegment.copy(first, 0, states, JAVA_DOUBLE, 2 * strideBytes, max.length);
    if (hasSecond()) {
      MemorySegment.copy(second, 0, states, JAVA_DOUBLE, 3 * strideBytes, max.length);
    }
  }
}
