package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.Divide;
import io.github.attnpool.internal.io.Spelling;
import java.util.ArrayList;
import java.util.List;

/** What a layout says and no tensor proves: activations, temperature, epsilons and the like. */
final class Assumptions {
  private Assumptions() {}

  static List<String> of(Fit fit) {
    List<String> assumed = new ArrayList<>();
    for (Stage stage : Stage.values()) {
      for (BoundStep step : fit.stage(stage)) {
        switch (step) {
          case BoundStep.Fixed(Activation activation) ->
              assumed.add(
                  "%s %s".formatted(stage.key(), Spelling.of(fit.activation(stage, activation))));
          case BoundStep.Fixed(Divide(float by)) -> assumed.add("temperature " + by);
          case BoundStep.Norm norm ->
              assumed.add(
                  "%s %s eps %s"
                      .formatted(
                          stage.key(), norm.batch() ? "batchnorm" : "layernorm", norm.epsilon()));
          default -> {}
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
