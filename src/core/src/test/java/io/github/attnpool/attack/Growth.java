package io.github.attnpool.attack;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a measure has grown over time. The first quarter of the samples is warm-up. Of the second
 * quarter the upper quartile is taken, of the last the lower one: it has grown by what lies between
 * them, if anything does. So single peaks do not count, nor does noise that both quarters have.
 */
final class Growth {
  private final List<Long> samples = new ArrayList<>();

  void add(long sample) {
    samples.add(sample);
  }

  /** Growth from the second quarter to the last; negative if they overlap. */
  long measure() {
    return quartile(quarter(3), 1) - quartile(quarter(1), 3);
  }

  private List<Long> quarter(int index) {
    int size = samples.size();
    return samples.subList(size * index / 4, size * (index + 1) / 4).stream().sorted().toList();
  }

  private static long quartile(List<Long> sorted, int quartile) {
    return sorted.get((sorted.size() - 1) * quartile / 4);
  }

  /** Medians of the four quarters. */
  @Override
  public String toString() {
    List<Long> medians = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      medians.add(quartile(quarter(i), 2));
    }
    return medians.toString();
  }
}
