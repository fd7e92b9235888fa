package io.github.attnpool.internal.maps;

import io.github.attnpool.Activation;
import io.github.attnpool.Divide;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps from the units to the scores, with divisions folded into the map and the step biases
 * before them: (a·u + c + s)/τ = (a/τ)·u + c/τ + s/τ.
 *
 * @param before the steps before the first map; usually none
 * @param map the first map
 * @param after the steps after it
 * @param isByRow whether the scores of a row must lie side by side while they are computed: for a
 *     softmax per channel, and where a step takes several scores of a row at once
 */
public record ScoreForm(List<Step> before, Linear map, List<Step> after, boolean isByRow) {

  static ScoreForm of(List<Step> steps, boolean perChannel) {
    List<Step> folded = folded(steps);
    int first = 0;
    while (!(folded.get(first) instanceof Linear)) {
      first++;
    }
    List<Step> after = folded.subList(first + 1, folded.size());
    return new ScoreForm(
        folded.subList(0, first),
        (Linear) folded.get(first),
        after,
        perChannel || !after.stream().allMatch(ScoreForm::takesOneScore));
  }

  private static boolean takesOneScore(Step step) {
    return step instanceof Activation || step instanceof StepBias || step instanceof Divide;
  }

  private static List<Step> folded(List<Step> steps) {
    List<Step> folded = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Divide(float by)) {
        float product = by;
        while (i + 1 < steps.size() && steps.get(i + 1) instanceof Divide(float more)) {
          product *= more;
          i++;
        }
        divide(folded, product);
      } else {
        folded.add(steps.get(i));
      }
    }
    return folded;
  }

  /** Divides what the steps give, in the last map if only step biases come after it. */
  private static void divide(List<Step> steps, float by) {
    int map = steps.size() - 1;
    while (map >= 0 && steps.get(map) instanceof StepBias) {
      map--;
    }
    if (map < 0 || !(steps.get(map) instanceof Linear)) {
      steps.add(new Divide(by));
      return;
    }
    steps.set(map, EffectiveMaps.divided((Linear) steps.get(map), by));
    for (int i = map + 1; i < steps.size(); i++) {
      float[] values = ((StepBias) steps.get(i)).values();
      steps.set(i, StepBias.of(EffectiveMaps.divided(values, by)));
    }
  }
}
