package io.github.attnpool;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Selects the greatest weights in one pass over them, with a heap of those found so far. */
final class TopRows {
  /** Best first: by weight, then the earlier row. NaN is the greatest, so that it shows. */
  private static final Comparator<RankedRow> BEST_FIRST =
      Comparator.comparingDouble(RankedRow::weight).reversed().thenComparingLong(RankedRow::row);

  private TopRows() {}

  /**
   * The greatest of {@code count} values.
   *
   * @param first index of the first value
   */
  static List<RankedRow> of(MemorySegment weights, long first, long count, int k) {
    PriorityQueue<RankedRow> found = new PriorityQueue<>(BEST_FIRST.reversed()); // worst on top
    float worst = Float.NEGATIVE_INFINITY;
    for (long step = 0; step < count; step++) {
      float weight = weights.getAtIndex(JAVA_FLOAT, first + step);
      if (found.size() == k) {
        if (Float.compare(weight, worst) <= 0) {
          continue; // an equal one that came earlier stays
        }
        found.remove();
      }
      found.add(new RankedRow(step, weight));
      worst = found.element().weight();
    }
    RankedRow[] rows = found.toArray(RankedRow[]::new);
    Arrays.sort(rows, BEST_FIRST);
    return List.of(rows);
  }
}
