package io.github.attnpool.cli.bench;

import java.util.Arrays;

/**
 * How long a call takes: the samples of a measurement, in nanoseconds a call.
 *
 * <p>A sample is one call if that takes 10 µs or more. Shorter calls are timed in groups that take
 * about as long, because reading the clock takes a good part of a hundred nanoseconds; a sample is
 * then the mean of its group.
 */
final class CallTimes {
  private static final double SHORTEST_SAMPLE = 10_000;
  private static final int FEWEST_SAMPLES = 3;
  private static final int MOST_SAMPLES = 1 << 20; // that many are 8 MiB
  private static final double WARM_UP_SHARE = 0.5;
  private static final int MOST_ATTEMPTS = 4;
  private static final double NOTABLY_FASTER = 0.9;

  private final double[] sorted;
  private final long calls;

  private CallTimes(double[] sorted, long calls) {
    this.sorted = sorted;
    this.calls = calls;
  }

  /**
   * Measures after an untimed start of half the time. A measurement that was notably faster in its
   * last quarter is thrown away and repeated, a few times at most: the JVM was still compiling.
   *
   * @param seconds how long to measure; at least three samples are taken
   */
  static CallTimes measure(Runnable call, double seconds) {
    double nanos = seconds * 1e9;
    double callNanos = warmUp(call, nanos * WARM_UP_SHARE);
    CallTimes times;
    double[] samples;
    int attempts = 0;
    do {
      double sampleNanos = Math.max(SHORTEST_SAMPLE, nanos / MOST_SAMPLES);
      long group = Math.max(1, (long) Math.ceil(sampleNanos / callNanos));
      samples = samples(call, group, nanos);
      times = new CallTimes(sorted(samples, 0), samples.length * group);
      callNanos = times.medianNanos();
      attempts++;
    } while (becameFaster(samples) && attempts < MOST_ATTEMPTS);
    return times;
  }

  /** Whether the last quarter of the samples, given in order of time, is notably faster. */
  static boolean becameFaster(double[] samples) {
    int last = samples.length / 4;
    return last >= FEWEST_SAMPLES
        && quantile(sorted(samples, samples.length - last), 0.5)
            < NOTABLY_FASTER * quantile(sorted(samples, 0), 0.5);
  }

  /** Nanoseconds a call. */
  private static double warmUp(Runnable call, double nanos) {
    long calls = 0;
    long begin = System.nanoTime();
    long passed;
    do {
      call.run();
      calls++;
      passed = Math.max(1, System.nanoTime() - begin);
    } while (passed < nanos);
    return (double) passed / calls;
  }

  /** In the order in which they were taken. */
  private static double[] samples(Runnable call, long group, double nanos) {
    double[] samples = new double[1024];
    int count = 0;
    long begin = System.nanoTime();
    long end;
    do {
      long start = System.nanoTime();
      for (long i = 0; i < group; i++) {
        call.run();
      }
      end = System.nanoTime();
      if (count == samples.length) {
        samples = Arrays.copyOf(samples, 2 * count);
      }
      samples[count++] = Math.max(1, end - start) / (double) group;
    } while (count < FEWEST_SAMPLES || end - begin < nanos);
    return Arrays.copyOf(samples, count);
  }

  private static double[] sorted(double[] samples, int from) {
    double[] sorted = Arrays.copyOfRange(samples, from, samples.length);
    Arrays.sort(sorted);
    return sorted;
  }

  /** Timed calls. */
  long calls() {
    return calls;
  }

  double medianNanos() {
    return quantile(sorted, 0.5);
  }

  double p99Nanos() {
    return quantile(sorted, 0.99);
  }

  /** The value below which that part of the samples lies; between two, their weighted mean. */
  private static double quantile(double[] sorted, double part) {
    double place = part * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
