package io.github.attnpool.internal.maps;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import java.util.List;
import java.util.Optional;

/**
 * What is pooled. A last linear map M is applied to the pooled rows where that is the same, Σ α
 * (M·v + m) = M·(Σ α v) + m: it needs Σ α = 1, and the mean as the only statistic.
 *
 * @param isInput whether x itself is pooled, not the scored rows or a map of them
 * @param steps from the scored rows to what is pooled; none for the rows themselves
 * @param map M and m; empty where none is applied after pooling
 * @param width number of values in a row that is pooled
 */
public record ValueForm(boolean isInput, List<Step> steps, Optional<Linear> map, int width) {
  /** With more, the map is applied to fewer rows than there are contexts. */
  private static final int MAX_HEADS = 16;

  static ValueForm of(AttentionParameters layer) {
    List<Step> steps = layer.values();
    boolean input = layer.poolsInput() && !layer.rows().isEmpty();
    boolean mean = !layer.hasStandardDeviation() && !layer.isPerChannel();
    if (mean
        && layer.softmaxEpsilon() == 0
        && layer.heads() <= MAX_HEADS
        && !steps.isEmpty()
        && steps.getLast() instanceof Linear map) {
      return new ValueForm(
          false, steps.subList(0, steps.size() - 1), Optional.of(map), map.inFeatures());
    }
    return new ValueForm(input, steps, Optional.empty(), layer.valueWidth());
  }

  /** Returns whether the scored rows are pooled as they are. */
  public boolean isRows() {
    return !isInput && steps.isEmpty();
  }
}
