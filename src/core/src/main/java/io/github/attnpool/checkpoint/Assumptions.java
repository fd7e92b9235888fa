package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.internal.io.Spelling;
import java.util.ArrayList;
import java.util.List;

/** What a layout says and no tensor proves: activations, temperature, epsilon, and its note. */
final class Assumptions {
  private Assumptions() {}

  static List<String> of(Fit fit) {
    List<String> assumed = new ArrayList<>();
    for (Stage stage : Stage.values()) {
      for (BoundStep step : fit.stage(stage)) {
        if (step instanceof BoundStep.Fixed(var fixed)) {
          assumed.add(
              fixed instanceof Activation activation
                  ? "%s %s".formatted(stage.key(), Spelling.of(fit.activation(stage, activation)))
                  : "%s divided by a constant".formatted(stage.key()));
        }
      }
    }
    LayoutFields fields = fit.layout().fields();
    if (fit.settings().temperature() != 1) {
      assumed.add("temperature " + fit.settings().temperature());
    }
    if (fields.epsilon() != 0) {
      assumed.add("softmax epsilon " + fields.epsilon());
    }
    if (fields.perChannel()) {
      assumed.add("softmax per channel");
    }
    if (fields.poolsInput()) {
      assumed.add("values input");
    }
    if (fields.deviation()) {
      assumed.add("min-variance " + fields.minVariance());
    }
    if (fit.heads() > 1 && fit.stages().containsKey(Stage.OUTPUT)) {
      assumed.add("heads " + Spelling.of(fit.headCombination()));
    }
    return assumed;
  }
}
