package io.github.attnpool;

import java.util.Optional;

/**
 * The trained parameters of an attention-pooling layer.
 *
 * <p>The score of a row x is e = (a·u + c)/temperature. The hidden units u are
 *
 * <ul>
 *   <li>f(W·x + b + q) in the <i>additive</i> form; q is the query term of the row's sequence, if
 *       it has one,
 *   <li>f(W·x + b + q) ⊙ sigmoid(V·x + v) with a <i>gate</i>,
 *   <li>x itself in the <i>linear</i> form, which has no hidden map.
 * </ul>
 *
 * <p>An input projection x ← f_p(P·x + p) may come first; then the projected rows are scored and
 * pooled. An output layer may follow: logits = F·context + g.
 *
 * <p>H is the width of a pooled row, D the number of hidden units, R the number of heads, O the
 * number of logits, Q the width of a query. Each {@code with…} method returns changed parameters
 * and leaves these as they are. Immutable and thread-safe.
 */
public final class AttentionParameters {
  private static final Arguments ARGUMENTS = new Arguments("parameters");

  private final Optional<Projection> projection;
  private final Optional<Hidden> hidden;
  private final Scores scores;
  private final Optional<OutputLayer> outputLayer;

  private AttentionParameters(
      Optional<Projection> projection,
      Optional<Hidden> hidden,
      Scores scores,
      Optional<OutputLayer> outputLayer) {
    this.projection = projection;
    this.hidden = hidden;
    this.scores = scores;
    this.outputLayer = outputLayer;
  }

  /** P, p and what is applied to P·x + p. */
  private record Projection(Linear map, Activation activation) {}

  /** All that makes the hidden units of a row: W and b, f, V and v, W_q and its bias. */
  private record Hidden(
      Linear map, Activation activation, Optional<Linear> gate, Optional<Linear> query) {}

  /** All that makes weights of units: a and c, the temperature, the ε of the softmax. */
  private record Scores(Linear map, float temperature, float epsilon) {}

  /** F, g and how F takes the heads' contexts. */
  private record OutputLayer(Linear map, HeadCombination heads) {}

  /**
   * Makes parameters of the additive form, with tanh.
   *
   * @param hidden W and b, [D,H]
   * @param score a and c, [R,D]
   * @return parameters without gate, projection, query map and output layer
   * @throws AttnPoolException if the score map does not take D values
   */
  public static AttentionParameters additive(Linear hidden, Linear score) {
    ARGUMENTS.given("the hidden map", hidden);
    ARGUMENTS.given("the score map", score);
    ARGUMENTS.must(
        score.inFeatures() == hidden.outFeatures(),
        () ->
            "the score map takes %d values, must take the %d hidden units"
                .formatted(score.inFeatures(), hidden.outFeatures()));
    return new AttentionParameters(
        Optional.empty(),
        Optional.of(new Hidden(hidden, Activation.TANH, Optional.empty(), Optional.empty())),
        new Scores(score, 1, 0),
        Optional.empty());
  }

  /**
   * Makes parameters of the linear form, which has no hidden units.
   *
   * @param score a and c, [R,H]
   * @return parameters without gate, projection, query map and output layer
   */
  public static AttentionParameters linear(Linear score) {
    ARGUMENTS.given("the score map", score);
    return new AttentionParameters(
        Optional.empty(), Optional.empty(), new Scores(score, 1, 0), Optional.empty());
  }

  /**
   * Adds a gate: u = f(W·x + b + q) ⊙ sigmoid(V·x + v).
   *
   * @param gate V and v, [D,H]
   * @return changed parameters
   * @throws AttnPoolException if this is the linear form, or the gate has another shape than the
   *     hidden map
   */
  public AttentionParameters withGate(Linear gate) {
    Hidden units = hiddenFor("a gate");
    ARGUMENTS.given("the gate", gate);
    ARGUMENTS.must(
        gate.inFeatures() == width() && gate.outFeatures() == units(),
        () ->
            "the gate is %dx%d, must be %dx%d as the hidden map is"
                .formatted(gate.outFeatures(), gate.inFeatures(), units(), width()));
    return with(new Hidden(units.map, units.activation, Optional.of(gate), units.query));
  }

  /**
   * Sets f, the activation of the hidden units.
   *
   * @param activation f
   * @return changed parameters
   * @throws AttnPoolException if this is the linear form, which has none
   */
  public AttentionParameters withActivation(Activation activation) {
    Hidden units = hiddenFor("an activation");
    ARGUMENTS.given("the activation", activation);
    return with(new Hidden(units.map, activation, units.gate, units.query));
  }

  /**
   * Adds a map from a sequence's query to its query term q. Without this map, a query is the term
   * itself, [D].
   *
   * @param query W_q and its bias, [D,Q]
   * @return changed parameters
   * @throws AttnPoolException if this is the linear form, or the map does not give D values
   */
  public AttentionParameters withQuery(Linear query) {
    Hidden units = hiddenFor("a query map");
    ARGUMENTS.given("the query map", query);
    ARGUMENTS.must(
        query.outFeatures() == units(),
        () ->
            "the query map gives %d values, must give the %d hidden units"
                .formatted(query.outFeatures(), units()));
    return with(new Hidden(units.map, units.activation, units.gate, Optional.of(query)));
  }

  /**
   * Sets the temperature, by which scores are divided.
   *
   * @param temperature positive
   * @return changed parameters
   * @throws AttnPoolException if it is not a positive number
   */
  public AttentionParameters withTemperature(float temperature) {
    ARGUMENTS.must(
        temperature > 0 && Float.isFinite(temperature),
        () -> "the temperature is %s, must be a positive number".formatted(temperature));
    return with(new Scores(scores.map, temperature, scores.epsilon));
  }

  /**
   * Sets ε of the softmax α_t = exp(e_t) / (Σ exp(e_t) + ε), as some Keras models compute it. Where
   * exp(e_t) would overflow, the result is the limit of this formula.
   *
   * @param epsilon ε; 0 for the plain softmax
   * @return changed parameters
   * @throws AttnPoolException if it is negative or not a number
   */
  public AttentionParameters withSoftmaxEpsilon(float epsilon) {
    ARGUMENTS.must(
        epsilon >= 0 && Float.isFinite(epsilon),
        () -> "the softmax epsilon is %s, must be 0 or a positive number".formatted(epsilon));
    return with(new Scores(scores.map, scores.temperature, epsilon));
  }

  /**
   * Adds an input projection: every row x becomes f_p(P·x + p), and those rows are scored and
   * pooled.
   *
   * @param map P and p, [H, width of x]
   * @param activation f_p
   * @return changed parameters
   * @throws AttnPoolException if the map does not give H values
   */
  public AttentionParameters withProjection(Linear map, Activation activation) {
    ARGUMENTS.given("the input projection", map);
    ARGUMENTS.given("the activation", activation);
    ARGUMENTS.must(
        map.outFeatures() == width(),
        () ->
            "the input projection gives %d values, must give the %d of a row"
                .formatted(map.outFeatures(), width()));
    return new AttentionParameters(
        Optional.of(new Projection(map, activation)), hidden, scores, outputLayer);
  }

  /**
   * Adds an output layer over the concatenated contexts of all heads.
   *
   * @param map F and g, [O, R·H]
   * @return changed parameters
   * @throws AttnPoolException if it does not take R·H values
   */
  public AttentionParameters withOutputLayer(Linear map) {
    return withOutputLayer(map, HeadCombination.CONCAT);
  }

  /**
   * Adds an output layer.
   *
   * @param map F and g: [O, R·H], [O, H] or [R, H], as {@code heads} says
   * @param heads how F takes the contexts of several heads
   * @return changed parameters
   * @throws AttnPoolException if the map has another shape
   */
  public AttentionParameters withOutputLayer(Linear map, HeadCombination heads) {
    ARGUMENTS.given("the output layer", map);
    ARGUMENTS.given("how it takes the heads", heads);
    long taken = heads == HeadCombination.CONCAT ? (long) heads() * width() : width();
    ARGUMENTS.must(
        map.inFeatures() == taken,
        () ->
            "the output layer takes %d values, must take the %d of the context"
                .formatted(map.inFeatures(), taken));
    ARGUMENTS.must(
        heads != HeadCombination.PER_HEAD || map.outFeatures() == heads(),
        () ->
            "the output layer gives %d values, must give one for each of the %d heads"
                .formatted(map.outFeatures(), heads()));
    return new AttentionParameters(
        projection, hidden, scores, Optional.of(new OutputLayer(map, heads)));
  }

  private Hidden hiddenFor(String what) {
    return hidden.orElseThrow(
        () ->
            ARGUMENTS.bad(
                "the linear form has no hidden units and cannot have %s".formatted(what)));
  }

  private AttentionParameters with(Hidden changed) {
    return new AttentionParameters(projection, Optional.of(changed), scores, outputLayer);
  }

  private AttentionParameters with(Scores changed) {
    return new AttentionParameters(projection, hidden, changed, outputLayer);
  }

  /** {@return the number of values in a row of x} */
  public int inputWidth() {
    return projection.isPresent() ? projection.get().map.inFeatures() : width();
  }

  /** {@return H, the number of values in a pooled row and in a context} */
  public int width() {
    return hidden.isPresent() ? hidden.get().map.inFeatures() : scores.map.inFeatures();
  }

  /** {@return D, the number of hidden units; 0 in the linear form} */
  public int units() {
    return hidden.isPresent() ? hidden.get().map.outFeatures() : 0;
  }

  /** {@return R, the number of heads: attention distributions over one sequence} */
  public int heads() {
    return scores.map.outFeatures();
  }

  /** {@return O, the number of logits; 0 without an output layer} */
  public int logitCount() {
    return outputLayer.isPresent() ? outputLayer.get().map.outFeatures() : 0;
  }

  /** {@return Q, the number of values in a query; D without a query map} */
  public int queryWidth() {
    Optional<Linear> query = query();
    return query.isPresent() ? query.get().inFeatures() : units();
  }

  /** {@return P and p; empty where rows are pooled as they are} */
  public Optional<Linear> projection() {
    return projection.map(Projection::map);
  }

  /** {@return f_p, the activation of the input projection; identity without a projection} */
  public Activation projectionActivation() {
    return projection.isPresent() ? projection.get().activation : Activation.IDENTITY;
  }

  /** {@return W and b; empty in the linear form} */
  public Optional<Linear> hidden() {
    return hidden.map(Hidden::map);
  }

  /** {@return V and v; empty without a gate} */
  public Optional<Linear> gate() {
    return hidden.flatMap(Hidden::gate);
  }

  /** {@return W_q and its bias; empty where a query is its term itself, or there are no queries} */
  public Optional<Linear> query() {
    return hidden.flatMap(Hidden::query);
  }

  /** {@return f, the activation of the hidden units; identity in the linear form} */
  public Activation activation() {
    return hidden.isPresent() ? hidden.get().activation : Activation.IDENTITY;
  }

  /** {@return a and c} */
  public Linear score() {
    return scores.map;
  }

  /** {@return the number by which scores are divided} */
  public float temperature() {
    return scores.temperature;
  }

  /** {@return ε of {@link #withSoftmaxEpsilon}; 0 for the plain softmax} */
  public float softmaxEpsilon() {
    return scores.epsilon;
  }

  /** {@return F and g; empty without an output layer} */
  public Optional<Linear> outputLayer() {
    return outputLayer.map(OutputLayer::map);
  }

  /** {@return how the output layer takes the contexts of several heads} */
  public HeadCombination headCombination() {
    return outputLayer.isPresent() ? outputLayer.get().heads : HeadCombination.CONCAT;
  }
}
