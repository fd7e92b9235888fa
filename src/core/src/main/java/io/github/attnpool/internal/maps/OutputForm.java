package io.github.attnpool.internal.maps;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps from the contexts of a sequence, side by side, to its logits.
 *
 * @param perHead the first map if it has a row for each context, F_r·c_r + g_r: [R, width], to be
 *     multiplied as what it is, not as a map of all contexts that is nearly all zeros
 * @param steps the steps after it, or all of them
 */
public record OutputForm(Optional<Linear> perHead, List<Step> steps) {

  static OutputForm of(AttentionParameters layer) {
    List<Step> steps = layer.output();
    if (steps.isEmpty() || layer.headCombination() == HeadCombination.CONCAT) {
      return new OutputForm(Optional.empty(), steps);
    }
    if (layer.headCombination() == HeadCombination.PER_HEAD) {
      return new OutputForm(Optional.of((Linear) steps.getFirst()), steps.subList(1, steps.size()));
    }
    return new OutputForm(Optional.empty(), overMean(steps, layer.contexts(), layer.width()));
  }

  private static List<Step> overMean(List<Step> steps, int contexts, int width) {
    List<Step> wide = new ArrayList<>(steps);
    if (steps.getFirst() instanceof Linear map) {
      wide.set(0, EffectiveMaps.overMean(map, contexts));
    } else {
      wide.addFirst(EffectiveMaps.overMean(identity(width), contexts));
    }
    return wide;
  }

  private static Linear identity(int width) {
    float[] weight = new float[Math.multiplyExact(width, width)];
    for (int i = 0; i < width; i++) {
      weight[i * width + i] = 1;
    }
    return Linear.of(width, width, weight);
  }

  /** Returns whether there is no output. */
  public boolean isEmpty() {
    return perHead.isEmpty() && steps.isEmpty();
  }
}
