package io.github.attnpool.bench.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Nanoseconds a call, gathered round by round. */
final class Timing {
  private final TreeMap<Integer, Double> medians = new TreeMap<>(); // by round
  private final List<double[]> samples = new ArrayList<>();

  /** Adds a round's samples. */
  void add(int round, double[] nanosPerCall) {
    medians.put(round, quantile(nanosPerCall, 0.5));
    samples.add(nanosPerCall);
  }

  /** The median of the rounds' medians. */
  double median() {
    return quantile(medians.values().stream().mapToDouble(Double::doubleValue).toArray(), 0.5);
  }

  /** The 99th percentile of all samples. */
  double p99() {
    return quantile(samples.stream().flatMapToDouble(Arrays::stream).toArray(), 0.99);
  }

  /** How many samples there are. */
  int count() {
    return samples.stream().mapToInt(round -> round.length).sum();
  }

  /** How many rounds it took part in. */
  int rounds() {
    return medians.size();
  }

  /**
   * How many times as long as another this takes: the median of the quotients of the rounds that
   * both took part in, so that a disturbance of a whole round does not count.
   */
  double ratioTo(Timing other) {
    double[] quotients =
        medians.entrySet().stream()
            .filter(entry -> other.medians.containsKey(entry.getKey()))
            .mapToDouble(entry -> entry.getValue() / other.medians.get(entry.getKey()))
            .toArray();
    return quotients.length == 0 ? median() / other.median() : quantile(quotients, 0.5);
  }

  /**
   * The value below which that part of the values lies; between two values, their mean by weight.
   */
  static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = part * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
