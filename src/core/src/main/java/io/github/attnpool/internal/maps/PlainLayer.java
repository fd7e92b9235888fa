package io.github.attnpool.internal.maps;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Divide;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import java.util.List;
import java.util.Optional;

/**
 * A layer of the plain form, for which the engines have fused kernels: at most one linear map and
 * one activation before the scored rows, the same for the hidden units, a sigmoid gate, one score
 * map, a temperature, the mean of the rows per head, and one output map.
 *
 * @param inputWidth values in a row of x
 * @param projection P and p; empty where rows are pooled as they are
 * @param projectionActivation f_p; identity without a projection
 * @param hidden W and b; empty in the linear form
 * @param activation f; identity in the linear form
 * @param gate V and v; empty without a gate
 * @param query W_q and its bias; empty where a query is its term itself
 * @param score a and c
 * @param temperature what scores are divided by
 * @param softmaxEpsilon ε of the softmax
 * @param outputLayer F and g; empty without an output layer
 * @param headCombination how the output layer takes the heads
 */
public record PlainLayer(
    int inputWidth,
    Optional<Linear> projection,
    Activation projectionActivation,
    Optional<Linear> hidden,
    Activation activation,
    Optional<Linear> gate,
    Optional<Linear> query,
    Linear score,
    float temperature,
    float softmaxEpsilon,
    Optional<Linear> outputLayer,
    HeadCombination headCombination) {

  /**
   * Returns the plain form of a layer.
   *
   * @throws AttnPoolException if the layer is not of the plain form
   */
  public static PlainLayer of(AttentionParameters parameters) {
    return find(parameters)
        .orElseThrow(
            () -> new AttnPoolException("build layer", new PlainRules(parameters).obstacle()));
  }

  /** Returns the plain form of a layer; empty if it is not of the plain form. */
  public static Optional<PlainLayer> find(AttentionParameters parameters) {
    AttentionParameters folded = FoldedNorms.of(parameters);
    if (!new PlainRules(folded).obstacle().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new PlainLayer(
            folded.inputWidth(),
            map(folded.rows()),
            activation(folded.rows()),
            map(folded.hidden()),
            activation(folded.hidden()),
            map(folded.gate()),
            map(folded.query()),
            map(folded.score()).orElseThrow(),
            temperature(folded.score()),
            folded.softmaxEpsilon(),
            map(folded.output()),
            folded.headCombination()));
  }

  /** Returns the first thing in a layer that the plain form lacks, in words; empty if none. */
  public static Optional<String> lacking(AttentionParameters parameters) {
    String obstacle = new PlainRules(FoldedNorms.of(parameters)).obstacle();
    return obstacle.isEmpty() ? Optional.empty() : Optional.of(obstacle);
  }

  private static Optional<Linear> map(List<Step> stage) {
    return stage.stream().filter(Linear.class::isInstance).map(Linear.class::cast).findFirst();
  }

  private static Activation activation(List<Step> stage) {
    return stage.size() > 1 ? (Activation) stage.get(1) : Activation.IDENTITY;
  }

  private static float temperature(List<Step> score) {
    float product = 1;
    for (Step step : score) {
      if (step instanceof Divide(float by)) {
        product *= by;
      }
    }
    return product;
  }

  /** Returns H, the number of values in a pooled row and in a context. */
  public int width() {
    return hidden.isPresent() ? hidden.get().inFeatures() : score.inFeatures();
  }

  /** Returns D, the number of hidden units; 0 in the linear form. */
  public int units() {
    return hidden.isPresent() ? hidden.get().outFeatures() : 0;
  }

  /** Returns R, the number of heads. */
  public int heads() {
    return score.outFeatures();
  }

  /** Returns O, the number of logits; 0 without an output layer. */
  public int logitCount() {
    return outputLayer.isPresent() ? outputLayer.get().outFeatures() : 0;
  }

  /** Returns Q, the number of values in a query; D without a query map. */
  public int queryWidth() {
    return query.isPresent() ? query.get().inFeatures() : units();
  }
}
