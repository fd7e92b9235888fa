package io.github.attnpool.internal.jvm;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Layers with random parameters. */
final class RandomLayers {
  static final int QUERY = 11; // width of queries, where there is a query map

  private RandomLayers() {}

  /**
   * With tanh.
   *
   * @param units 0 for the linear form
   */
  static AttentionParameters plain(Random random, int width, int units, int heads, boolean biases) {
    Linear score = linear(random, heads, units == 0 ? width : units, biases);
    return units == 0
        ? AttentionParameters.linear(score)
        : AttentionParameters.additive(linear(random, units, width, biases), score);
  }

  static Linear linear(Random random, int outputs, int inputs, boolean bias) {
    float[] weight = BothKernels.uniform(random, outputs * inputs, 1.7 / Math.sqrt(inputs));
    return bias
        ? Linear.of(outputs, inputs, weight, BothKernels.uniform(random, outputs, 1))
        : Linear.of(outputs, inputs, weight);
  }

  private static Linear linear(Random random, int outputs, int inputs) {
    return linear(random, outputs, inputs, true);
  }

  static AttentionParameters gated(Random random, AttentionParameters parameters) {
    return parameters.withGate(linear(random, parameters.units(), parameters.width()));
  }

  static AttentionParameters projected(
      Random random, AttentionParameters parameters, int inputs, Activation activation) {
    return parameters.withProjection(linear(random, parameters.width(), inputs), activation);
  }

  static AttentionParameters withQueryMap(Random random, AttentionParameters parameters) {
    return parameters.withQuery(linear(random, parameters.units(), QUERY));
  }

  static AttentionParameters withOutput(
      Random random, AttentionParameters parameters, int outputs, HeadCombination form) {
    int inputs = parameters.width() * (form == HeadCombination.CONCAT ? parameters.heads() : 1);
    return parameters.withOutputLayer(linear(random, outputs, inputs), form);
  }

  /** One of each kind, by name. */
  static Map<String, AttentionParameters> family() {
    Random random = new Random(42);
    AttentionParameters one = plain(random, 37, 21, 1, true);
    AttentionParameters three = plain(random, 20, 70, 3, false);
    AttentionParameters linear = plain(random, 33, 0, 2, true);
    Map<String, AttentionParameters> family = new LinkedHashMap<>();
    family.put("tanh", withOutput(random, one, 5, HeadCombination.MEAN));
    for (Activation activation : Activation.values()) {
      family.put(activation + ", 3 heads", three.withActivation(activation));
      family.put(
          activation + ", gated", gated(random, one).withActivation(activation).withTemperature(3));
      family.put(
          activation + " projection",
          projected(random, three, 50, activation).withTemperature(0.7f));
    }
    family.put("concatenated output", withOutput(random, three, 9, HeadCombination.CONCAT));
    family.put("output over the mean", withOutput(random, three, 9, HeadCombination.MEAN));
    family.put("output per head", withOutput(random, three, 3, HeadCombination.PER_HEAD));
    family.put("linear", withOutput(random, linear, 4, HeadCombination.CONCAT));
    family.put("linear behind projection", projected(random, linear, 8, Activation.RELU));
    family.put("query map", withQueryMap(random, three).withActivation(Activation.RELU));
    family.put("softmax epsilon", one.withSoftmaxEpsilon(0.5f));
    AttentionParameters all = gated(random, projected(random, three, 64, Activation.GELU));
    family.put(
        "everything",
        withQueryMap(random, withOutput(random, all, 3, HeadCombination.PER_HEAD))
            .withActivation(Activation.SIGMOID)
            .withTemperature(0.5f)
            .withSoftmaxEpsilon(2));
    family.put("many units", gated(random, plain(random, 45, 1100, 1, true)));
    return family;
  }
}
