package io.github.attnpool.bench.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.descriptive.Quantile;

/** Nanoseconds per call, gathered round by round. */
final class Timing {
  // Type 7: between two values, their mean by weight.
  private static final Quantile QUANTILE =
      Quantile.withDefaults().with(Quantile.EstimationMethod.HF7).withCopy(true);

  private final TreeMap<Integer, Double> medians = new TreeMap<>(); // by round
  private final List<double[]> samples = new ArrayList<>();

  /** Adds the samples of a round. */
  void add(int round, double[] nanosPerCall) {
    medians.put(round, median(nanosPerCall));
    samples.add(nanosPerCall);
  }

  /** Returns whether no round was added, as for a peer that is not timed. */
  boolean isEmpty() {
    return medians.isEmpty();
  }

  /** Returns the median of the rounds' medians. */
  double median() {
    return median(medians.values().stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Returns the 99th percentile of all samples. */
  double p99() {
    return quantile(samples.stream().flatMapToDouble(Arrays::stream).toArray(), 0.99);
  }

  /** Returns the number of samples. */
  int count() {
    return samples.stream().mapToInt(round -> round.length).sum();
  }

  /** Returns the number of rounds that it took part in. */
  int rounds() {
    return medians.size();
  }

  /**
   * Returns how many times as long as another this takes: the median of the quotients of the rounds
   * that both took part in, so that a disturbance of a whole round does not count.
   */
  double ratioTo(Timing other) {
    DoubleStream.Builder builder = DoubleStream.builder();
    medians.forEach(
        (round, median) -> {
          Double otherMedian = other.medians.get(round);
          if (otherMedian != null) {
            builder.add(median / otherMedian);
          }
        });
    double[] quotients = builder.build().toArray();
    return quotients.length == 0 ? median() / other.median() : median(quotients);
  }

  /** Returns the median of values in any order. */
  static double median(double[] values) {
    return quantile(values, 0.5);
  }

  /** Returns a quantile, from 0 to 1, of values in any order. */
  static double quantile(double[] values, double part) {
    return QUANTILE.evaluate(values, part);
  }
}
