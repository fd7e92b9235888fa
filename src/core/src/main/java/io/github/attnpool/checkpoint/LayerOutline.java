package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import java.util.Optional;

/**
 * What a layer computes, as the header of its file tells: {@link AttentionParameters} without the
 * values.
 *
 * @param inputWidth values in a row of x
 * @param projection what the input projection applies; empty if there is no projection
 * @param width H, values in a pooled row
 * @param units D, hidden units; 0 in the linear form
 * @param activation of the hidden units; identity in the linear form
 * @param gated whether there is a gate
 * @param queryWidth values in a query; 0 if there is no query map
 * @param heads R
 * @param logitCount O; 0 if there is no output layer
 * @param headCombination how the output layer takes the heads
 * @param temperature what scores are divided by
 * @param softmaxEpsilon as {@link AttentionParameters#softmaxEpsilon}
 */
public record LayerOutline(
    int inputWidth,
    Optional<Activation> projection,
    int width,
    int units,
    Activation activation,
    boolean gated,
    int queryWidth,
    int heads,
    int logitCount,
    HeadCombination headCombination,
    float temperature,
    float softmaxEpsilon) {

  static LayerOutline of(LayerTensors layer) {
    Optional<LinearTensors> projection = layer.part(Part.PROJECTION);
    Optional<LinearTensors> hidden = layer.part(Part.HIDDEN);
    LinearTensors score = layer.part(Part.SCORE).orElseThrow();
    int width = hidden.orElse(score).inputs();
    LayerSettings settings = layer.settings();
    return new LayerOutline(
        projection.map(LinearTensors::inputs).orElse(width),
        projection.map(_ -> settings.projectionActivation()),
        width,
        hidden.map(LinearTensors::outputs).orElse(0),
        hidden.isPresent() ? settings.activation() : Activation.IDENTITY,
        layer.part(Part.GATE).isPresent(),
        layer.part(Part.QUERY).map(LinearTensors::inputs).orElse(0),
        score.outputs(),
        layer.part(Part.OUTPUT).map(LinearTensors::outputs).orElse(0),
        layer.headCombination(),
        settings.temperature(),
        settings.softmaxEpsilon());
  }
}
