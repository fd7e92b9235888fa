package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.BatchNorm;
import io.github.attnpool.Divide;
import io.github.attnpool.LayerNorm;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the tensors of a fit and makes the layer's parameters of them. */
final class LayerBuilder {
  private final TensorFile file;
  private final Fit fit;
  private final MapBuilder maps;

  LayerBuilder(TensorFile file, Fit fit) {
    this.file = file;
    this.fit = fit;
    this.maps = new MapBuilder(file);
  }

  AttentionParameters build() {
    LayoutFields fields = fit.layout().fields();
    List<Step> score = steps(Stage.SCORE);
    if (fit.settings().temperature() != 1) {
      score.add(new Divide(fit.settings().temperature()));
    }
    AttentionParameters layer =
        AttentionParameters.of(replaced(Stage.HIDDEN, fit.settings().activation()), score)
            .withRows(array(replaced(Stage.ROWS, fit.settings().rowsActivation())))
            .withGate(array(steps(Stage.GATE)))
            .withSoftmaxEpsilon(fields.epsilon());
    if (fit.stages().containsKey(Stage.QUERY)) {
      layer = layer.withQuery(array(steps(Stage.QUERY)));
    } else if (fields.queryIsTerm()) {
      layer = layer.withQueryAsTerm();
    }
    layer =
        fields.poolsInput()
            ? layer.withInputAsValues()
            : layer.withValues(array(steps(Stage.VALUES)));
    if (fields.deviation()) {
      layer = layer.withStandardDeviation(fields.minVariance());
    }
    if (fields.perChannel()) {
      layer = layer.withSoftmaxPerChannel();
    }
    return layer.withOutput(fit.headCombination(), array(steps(Stage.OUTPUT)));
  }

  private static Step[] array(List<Step> steps) {
    return steps.toArray(Step[]::new);
  }

  /** The steps of a stage, with another activation in place of its last. */
  private List<Step> replaced(Stage stage, Optional<Activation> activation) {
    List<Step> steps = steps(stage);
    if (activation.isPresent() && !steps.isEmpty()) {
      if (steps.getLast() instanceof Activation) {
        steps.removeLast();
      }
      steps.add(activation.get());
    }
    return steps;
  }

  private List<Step> steps(Stage stage) {
    List<Step> steps = new ArrayList<>();
    StageWalk walk = fit.walks().get(stage);
    if (walk == null) {
      return steps;
    }
    for (StageWalk.SizedStep step : walk.steps()) {
      steps.add(
          switch (step.step()) {
            case BoundStep.Map map -> maps.linear(map, step);
            case BoundStep.Norm norm -> norm(norm, step);
            case BoundStep.Bias(TensorInfo values) -> StepBias.of(floats(values));
            case BoundStep.Fixed(Step fixed) -> fixed;
          });
    }
    return steps;
  }

  private Step norm(BoundStep.Norm norm, StageWalk.SizedStep step) {
    int copies = norm.parts().size() == 1 ? step.parts() : 1; // of a norm that parts share
    Optional<float[]> weight = all(norm, BoundStep.NormTensors::weight, 1, copies);
    Optional<float[]> bias = all(norm, BoundStep.NormTensors::bias, 0, copies);
    if (norm.batch()) {
      return BatchNorm.of(
          all(norm, BoundStep.NormTensors::mean, 0, copies).orElseThrow(),
          all(norm, BoundStep.NormTensors::variance, 1, copies).orElseThrow(),
          weight,
          bias,
          norm.epsilon());
    }
    return LayerNorm.of(weight.orElseThrow(), bias, norm.epsilon(), step.parts());
  }

  /** The values of all parts side by side; empty if no part has any. */
  private Optional<float[]> all(
      BoundStep.Norm norm,
      Function<BoundStep.NormTensors, Optional<TensorInfo>> which,
      float absent,
      int copies) {
    if (norm.parts().stream().allMatch(part -> which.apply(part).isEmpty())) {
      return Optional.empty();
    }
    int size = (int) norm.parts().getFirst().sized().elements();
    float[] values = new float[norm.parts().size() * copies * size];
    int at = 0;
    for (BoundStep.NormTensors part : norm.parts()) {
      Optional<TensorInfo> tensor = which.apply(part);
      float[] own = tensor.map(this::floats).orElseGet(() -> filled(size, absent));
      for (int copy = 0; copy < copies; copy++) {
        System.arraycopy(own, 0, values, at, size);
        at += size;
      }
    }
    return Optional.of(values);
  }

  private static float[] filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  private float[] floats(TensorInfo tensor) {
    return file.floats(tensor.name());
  }
}
