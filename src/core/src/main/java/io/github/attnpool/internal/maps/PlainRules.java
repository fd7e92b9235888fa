package io.github.attnpool.internal.maps;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Divide;
import io.github.attnpool.LayerNorm;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import java.util.List;

/**
 * Tells whether a layer is of the plain form, and what keeps it from being so.
 *
 * @param layer with its batch norms folded
 */
record PlainRules(AttentionParameters layer) {

  /** Names the first thing in the layer that the plain form lacks; empty if there is none. */
  String obstacle() {
    if (layer.isPerChannel()) {
      return "a softmax per channel";
    }
    if (layer.hasStandardDeviation()) {
      return "the standard deviation as a statistic";
    }
    if (layer.poolsInput() && !layer.rows().isEmpty()) {
      return "values other than the scored rows (input)";
    }
    if (!layer.values().isEmpty()) {
      return "values other than the scored rows (a map of them)";
    }
    String stage = stage("rows", layer.rows(), 2);
    stage = stage.isEmpty() ? stage("hidden", layer.hidden(), 2) : stage;
    stage = stage.isEmpty() ? gate() : stage;
    stage = stage.isEmpty() ? stage("query", layer.query(), 1) : stage;
    stage = stage.isEmpty() ? score() : stage;
    return stage.isEmpty() ? stage("output", layer.output(), 1) : stage;
  }

  /** A linear map, with at most an activation after it. */
  private static String stage(String name, List<Step> steps, int most) {
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      boolean fits = i == 0 ? step instanceof Linear : i < most && step instanceof Activation;
      if (!fits) {
        return "%s in stage '%s'".formatted(name(step), name);
      }
    }
    return "";
  }

  private String gate() {
    if (layer.gate().isEmpty()) {
      return "";
    }
    if (layer.hidden().isEmpty()) {
      return "a gate without hidden units";
    }
    String stage = stage("gate", layer.gate(), 2);
    return !stage.isEmpty() || layer.gate().getLast() == Activation.SIGMOID
        ? stage
        : "a gate without a sigmoid";
  }

  private String score() {
    List<Step> steps = layer.score();
    for (int i = 0; i < steps.size(); i++) {
      boolean fits = i == 0 ? steps.get(i) instanceof Linear : steps.get(i) instanceof Divide;
      if (!fits) {
        return "%s in stage 'score'".formatted(name(steps.get(i)));
      }
    }
    return "";
  }

  private static String name(Step step) {
    return switch (step) {
      case LayerNorm _ -> "a layer norm";
      case StepBias _ -> "a step bias";
      case Activation activation -> "an activation (" + activation + ")";
      case Linear _ -> "a stack of maps";
      default -> "a batch norm that cannot be folded";
    };
  }
}
