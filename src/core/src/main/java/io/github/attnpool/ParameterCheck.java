package io.github.attnpool;

/** What maps and settings must be to make one layer together. */
final class ParameterCheck {
  private static final String OPERATION = "parameters";

  private ParameterCheck() {}

  static void additive(Linear hidden, Linear score) {
    given("the hidden map", hidden);
    given("the score map", score);
    check(
        score.inFeatures() == hidden.outFeatures(),
        "the score map takes %d values, must take the %d hidden units"
            .formatted(score.inFeatures(), hidden.outFeatures()));
  }

  static void linear(Linear score) {
    given("the score map", score);
  }

  static void gate(AttentionParameters layer, Linear gate) {
    given("the gate", gate);
    hasHidden(layer, "a gate");
    check(
        gate.inFeatures() == layer.width() && gate.outFeatures() == layer.units(),
        "the gate is %dx%d, must be %dx%d as the hidden map is"
            .formatted(gate.outFeatures(), gate.inFeatures(), layer.units(), layer.width()));
  }

  static void activation(AttentionParameters layer, Activation activation) {
    given("the activation", activation);
    hasHidden(layer, "an activation");
  }

  static void temperature(float temperature) {
    check(
        temperature > 0 && Float.isFinite(temperature),
        "the temperature is %s, must be a positive number".formatted(temperature));
  }

  static void softmaxEpsilon(float epsilon) {
    check(
        epsilon >= 0 && Float.isFinite(epsilon),
        "the softmax epsilon is %s, must be 0 or a positive number".formatted(epsilon));
  }

  static void projection(AttentionParameters layer, Linear projection, Activation activation) {
    given("the input projection", projection);
    given("the activation", activation);
    check(
        projection.outFeatures() == layer.width(),
        "the input projection yields %d values, must yield the %d of a row"
            .formatted(projection.outFeatures(), layer.width()));
  }

  static void query(AttentionParameters layer, Linear query) {
    given("the query map", query);
    hasHidden(layer, "a query map");
    check(
        query.outFeatures() == layer.units(),
        "the query map yields %d values, must yield the %d hidden units"
            .formatted(query.outFeatures(), layer.units()));
  }

  static void output(AttentionParameters layer, Linear output, HeadCombination heads) {
    given("the output layer", output);
    given("how it takes the heads", heads);
    long width = layer.width();
    long expected = heads == HeadCombination.CONCAT ? layer.heads() * width : width;
    check(
        output.inFeatures() == expected,
        "the output layer takes %d values, must take the %d of the context"
            .formatted(output.inFeatures(), expected));
    check(
        heads != HeadCombination.PER_HEAD || output.outFeatures() == layer.heads(),
        "the output layer yields %d values, must yield one for each of the %d heads"
            .formatted(output.outFeatures(), layer.heads()));
  }

  private static void given(String name, Object value) {
    if (value == null) {
      throw new AttnPoolException(OPERATION, name + " must not be null");
    }
  }

  private static void hasHidden(AttentionParameters layer, String what) {
    check(
        layer.hidden().isPresent(),
        "the linear form has no hidden units and cannot have %s".formatted(what));
  }

  private static void check(boolean good, String problem) {
    if (!good) {
      throw new AttnPoolException(OPERATION, problem);
    }
  }
}
