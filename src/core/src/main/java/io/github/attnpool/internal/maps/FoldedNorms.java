package io.github.attnpool.internal.maps;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.BatchNorm;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Folds batch norms, y = s ⊙ x + t, into the linear map before them, diag(s)·W and s ⊙ b + t, or
 * else into the one after them, W·diag(s) and b + W·t. A batch norm without such a neighbour stays.
 */
public final class FoldedNorms {
  private FoldedNorms() {}

  /** Returns parameters that compute the same with as few batch norms as can be. */
  public static AttentionParameters of(AttentionParameters layer) {
    List<List<Step>> stages =
        List.of(
            layer.rows(),
            layer.hidden(),
            layer.gate(),
            layer.query(),
            layer.score(),
            layer.values(),
            layer.output());
    if (stages.stream().flatMap(List::stream).noneMatch(BatchNorm.class::isInstance)) {
      return layer;
    }
    AttentionParameters folded =
        AttentionParameters.of(
            // A query's term comes after the first map, so that must stay as it is.
            layer.query().isEmpty() && !layer.isQueryTerm() ? fold(layer.hidden()) : layer.hidden(),
            fold(layer.score()));
    folded = folded.withRows(array(fold(layer.rows())));
    folded = folded.withGate(array(fold(layer.gate())));
    if (!layer.query().isEmpty()) {
      folded = folded.withQuery(array(fold(layer.query())));
    }
    if (layer.isQueryTerm()) {
      folded = folded.withQueryAsTerm();
    }
    folded =
        layer.poolsInput()
            ? folded.withInputAsValues()
            : folded.withValues(array(fold(layer.values())));
    folded =
        layer.hasStandardDeviation() ? folded.withStandardDeviation(layer.minVariance()) : folded;
    folded = layer.isPerChannel() ? folded.withSoftmaxPerChannel() : folded;
    return folded
        .withSoftmaxEpsilon(layer.softmaxEpsilon())
        .withOutput(layer.headCombination(), array(fold(layer.output())));
  }

  private static Step[] array(List<Step> steps) {
    return steps.toArray(Step[]::new);
  }

  private static List<Step> fold(List<Step> steps) {
    List<Step> folded = new ArrayList<>();
    Optional<BatchNorm> waiting = Optional.empty(); // for the map after it
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      boolean mapFollows = i + 1 < steps.size() && steps.get(i + 1) instanceof Linear;
      if (step instanceof BatchNorm norm
          && !folded.isEmpty()
          && folded.getLast() instanceof Linear map) {
        folded.set(folded.size() - 1, after(map, norm));
      } else if (step instanceof BatchNorm norm && mapFollows) {
        waiting = Optional.of(norm);
      } else if (step instanceof Linear map && waiting.isPresent()) {
        folded.add(before(map, waiting.get()));
        waiting = Optional.empty();
      } else {
        folded.add(step);
      }
    }
    return folded;
  }

  private static Linear after(Linear map, BatchNorm norm) {
    double[] scale = norm.scale();
    double[] shift = norm.shift();
    float[] weight = map.weight();
    float[] bias = EffectiveMaps.bias(map).clone();
    for (int o = 0; o < scale.length; o++) {
      bias[o] = (float) (bias[o] * scale[o] + shift[o]);
      int row = o * map.inFeatures();
      for (int i = 0; i < map.inFeatures(); i++) {
        weight[row + i] = (float) (weight[row + i] * scale[o]);
      }
    }
    return LinearArrays.keep(map.outFeatures(), map.inFeatures(), weight, bias);
  }

  private static Linear before(Linear map, BatchNorm norm) {
    double[] scale = norm.scale();
    double[] shift = norm.shift();
    float[] weight = map.weight();
    float[] bias = EffectiveMaps.bias(map).clone();
    for (int o = 0; o < bias.length; o++) {
      double sum = bias[o];
      int row = o * map.inFeatures();
      for (int i = 0; i < scale.length; i++) {
        sum += weight[row + i] * shift[i];
        weight[row + i] = (float) (weight[row + i] * scale[i]);
      }
      bias[o] = (float) sum;
    }
    return LinearArrays.keep(map.outFeatures(), map.inFeatures(), weight, bias);
  }
}
