package io.github.attnpool;

import io.github.attnpool.internal.arguments.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The trained parameters of an attention-pooling layer, as stages of {@link Step steps}.
 *
 * <p>For each row x of a sequence:
 *
 * <ul>
 *   <li><i>rows</i>: the rows that are scored, h = rows(x); without steps, x itself.
 *   <li><i>hidden</i>: the hidden units, u = hidden(h). A <i>gate</i> multiplies them: u =
 *       hidden(h) ⊙ gate(h). Without steps it is the <i>linear form</i>, u = h. The term of the
 *       sequence's <i>query</i> is added to what the first linear step of hidden gives.
 *   <li><i>score</i>: e = score(u), one number per head.
 * </ul>
 *
 * <p>For each head, the weights α are the softmax of e over the rows, and the context is Σ α_t v_t.
 * The <i>values</i> v are the rows h, or a map of them, or x itself. Then <i>output</i>: the logits
 * are output(contexts).
 *
 * <p>With a softmax per <i>channel</i> there are as many scores as values, and column i of the
 * values is pooled with weights of its own. With the <i>standard deviation</i>, each context is
 * followed by √(Σ α v² − (Σ α v)²), as in attentive statistics pooling.
 *
 * <p>{@link #additive} and {@link #linear} make the common forms, and {@link #of} any other. Each
 * {@code with…} method returns changed parameters and leaves these as they are; the output comes
 * last, since it is checked against the sizes before it. Immutable and thread-safe.
 */
public final class AttentionParameters {
  private static final Arguments ARGUMENTS = new Arguments("parameters");
  private static final int MOST_STEPS = 10_000; // of a stage; far more than any layer has

  private final List<Step> rows;
  private final Units units;
  private final Scores scores;
  private final Values values;
  private final OutputStage output;

  private final LayerSizes sizes;

  private record Units(List<Step> hidden, List<Step> gate, List<Step> query, boolean queryIsTerm) {}

  private record Scores(List<Step> steps, boolean perChannel, float epsilon) {}

  private record Values(boolean input, List<Step> steps, boolean deviation, float minVariance) {}

  private record OutputStage(List<Step> steps, HeadCombination heads) {}

  private AttentionParameters(
      List<Step> rows, Units units, Scores scores, Values values, OutputStage output) {
    this.rows = List.copyOf(rows);
    this.units = units;
    this.scores = scores;
    this.values = values;
    this.output = output;
    this.sizes = new LayerSizes(this);
  }

  /**
   * Makes parameters of the additive form, with tanh.
   *
   * @param hidden W and b, [D,H]
   * @param score a and c, [R,D]
   * @return parameters with u = tanh(W·x + b) and e = a·u + c
   * @throws AttnPoolException if the score map does not take D values
   */
  public static AttentionParameters additive(Linear hidden, Linear score) {
    ARGUMENTS.given("hidden", hidden);
    ARGUMENTS.given("score", score);
    return of(List.of(hidden, Activation.TANH), List.of(score));
  }

  /**
   * Makes parameters of the linear form, which has no hidden units.
   *
   * @param score a and c, [R,H]
   * @return parameters with e = a·x + c
   */
  public static AttentionParameters linear(Linear score) {
    ARGUMENTS.given("score", score);
    return of(List.of(), List.of(score));
  }

  /**
   * Makes parameters of any form.
   *
   * @param hidden steps from a row to its hidden units; empty for the linear form
   * @param score steps from the units to the scores, a linear map among them
   * @return parameters without the other stages
   * @throws AttnPoolException if the sizes do not fit
   */
  public static AttentionParameters of(List<Step> hidden, List<Step> score) {
    checkSteps("hidden", hidden);
    checkSteps("score", score);
    return new AttentionParameters(
        List.of(),
        new Units(List.copyOf(hidden), List.of(), List.of(), false),
        new Scores(List.copyOf(score), false, 0),
        new Values(false, List.of(), false, 0),
        new OutputStage(List.of(), HeadCombination.CONCAT));
  }

  /**
   * Sets the steps from x to the rows that are scored and pooled, for example a projection and an
   * activation.
   *
   * @param steps in order
   * @return changed parameters
   * @throws AttnPoolException if they do not give rows of the width that is scored
   */
  public AttentionParameters withRows(Step... steps) {
    List<Step> changed = list("the rows stage", steps);
    LayerSizes.checkRows(changed, this);
    return new AttentionParameters(changed, units, scores, values, output);
  }

  /**
   * Sets the gate, which multiplies the hidden units: u = hidden(h) ⊙ gate(h).
   *
   * @param steps from a row to the gate, usually a linear map and {@link Activation#SIGMOID}
   * @return changed parameters
   * @throws AttnPoolException if the gate has another width than the hidden units
   */
  public AttentionParameters withGate(Step... steps) {
    return with(new Units(units.hidden, list("the gate", steps), units.query, units.queryIsTerm));
  }

  /**
   * Replaces f, the activation of the hidden units.
   *
   * @param activation f
   * @return changed parameters
   * @throws AttnPoolException if the hidden stage is not one linear map with or without an
   *     activation
   */
  public AttentionParameters withActivation(Activation activation) {
    ARGUMENTS.given("activation", activation);
    ARGUMENTS.must(
        !units.hidden.isEmpty(),
        () -> "the linear form has no hidden units and cannot have an activation");
    List<Step> changed = new ArrayList<>(units.hidden);
    if (changed.getLast() instanceof Activation) {
      changed.removeLast();
    }
    ARGUMENTS.must(
        changed.size() == 1 && changed.getFirst() instanceof Linear,
        () -> "the hidden stage is a stack of steps, in which no activation stands for all");
    changed.add(activation);
    return with(new Units(List.copyOf(changed), units.gate, units.query, units.queryIsTerm));
  }

  /**
   * Sets the steps from a sequence's query to its term. Without them, a query is the term itself.
   *
   * @param steps usually one linear map [D,Q]
   * @return changed parameters
   * @throws AttnPoolException if the hidden stage has no linear map, or the steps do not give as
   *     many values as its first one
   */
  public AttentionParameters withQuery(Step... steps) {
    ARGUMENTS.must(
        sizes.firstUnits() > 0,
        () -> "the linear form has no hidden units and cannot have a query map");
    return with(new Units(units.hidden, units.gate, list("the query stage", steps), false));
  }

  /**
   * Says that a query is the term itself. That is so without query steps anyway, but where a batch
   * norm follows the first map of the hidden stage, it has to be said.
   *
   * @return changed parameters
   * @throws AttnPoolException if the hidden stage has no linear map
   */
  public AttentionParameters withQueryAsTerm() {
    ARGUMENTS.must(
        sizes.firstUnits() > 0, () -> "the linear form has no hidden units and takes no query");
    return with(new Units(units.hidden, units.gate, List.of(), true));
  }

  /**
   * Sets the temperature, by which scores are divided: in place of the only division in the score
   * stage, or after its last step if there is none.
   *
   * @param temperature positive
   * @return changed parameters
   * @throws AttnPoolException if it is not a positive number, or the score stage has several
   *     divisions or ends in an activation without any
   */
  public AttentionParameters withTemperature(float temperature) {
    Divide by = new Divide(temperature);
    List<Step> changed = new ArrayList<>(scores.steps);
    long divisions = changed.stream().filter(Divide.class::isInstance).count();
    ARGUMENTS.must(
        divisions == 1 || (divisions == 0 && !(changed.getLast() instanceof Activation)),
        () ->
            String.format(
                Locale.ROOT,
                "the score stage is a stack of steps with %d divisions, in which no temperature"
                    + " stands for all",
                divisions));
    if (divisions == 0) {
      changed.add(by);
    } else {
      changed.replaceAll(step -> step instanceof Divide ? by : step);
    }
    if (temperature == 1) {
      changed.removeIf(Divide.class::isInstance);
    }
    return with(new Scores(List.copyOf(changed), scores.perChannel, scores.epsilon));
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
    return with(new Scores(scores.steps, scores.perChannel, epsilon));
  }

  /**
   * Gives each column of the values a softmax of its own: there are as many scores as columns, and
   * one context.
   *
   * @return changed parameters
   * @throws AttnPoolException if there is another number of scores
   */
  public AttentionParameters withSoftmaxPerChannel() {
    return with(new Scores(scores.steps, true, scores.epsilon));
  }

  /**
   * Sets the steps from the scored rows to the values that are pooled.
   *
   * @param steps in order; none for the rows themselves
   * @return changed parameters
   * @throws AttnPoolException if the sizes do not fit
   */
  public AttentionParameters withValues(Step... steps) {
    List<Step> changed = list("the values stage", steps);
    return with(new Values(false, changed, values.deviation, values.minVariance));
  }

  /**
   * Pools x itself, whatever rows are scored.
   *
   * @return changed parameters
   * @throws AttnPoolException if the sizes do not fit
   */
  public AttentionParameters withInputAsValues() {
    return with(new Values(true, List.of(), values.deviation, values.minVariance));
  }

  /**
   * Adds the standard deviation after the mean: a context is twice as wide, Σ α v and then √(max(Σ
   * α v² − (Σ α v)², minVariance)).
   *
   * @param minVariance 0 or a small positive number
   * @return changed parameters
   * @throws AttnPoolException if it is negative or not a number
   */
  public AttentionParameters withStandardDeviation(float minVariance) {
    ARGUMENTS.must(
        minVariance >= 0 && Float.isFinite(minVariance),
        () -> "min-variance is %s, must be 0 or a positive number".formatted(minVariance));
    return with(new Values(values.input, values.steps, true, minVariance));
  }

  /**
   * Sets the output over the concatenated contexts of all heads.
   *
   * @param steps from R·H values to the logits, usually one linear map [O, R·H]
   * @return changed parameters
   * @throws AttnPoolException if the sizes do not fit
   */
  public AttentionParameters withOutput(Step... steps) {
    return withOutput(HeadCombination.CONCAT, steps);
  }

  /**
   * Sets the output.
   *
   * @param heads how the first linear map takes the contexts of several heads
   * @param steps from the contexts to the logits; the first map is [O, R·H], [O, H] or [R, H], as
   *     {@code heads} says
   * @return changed parameters
   * @throws AttnPoolException if the sizes do not fit
   */
  public AttentionParameters withOutput(HeadCombination heads, Step... steps) {
    ARGUMENTS.given("heads", heads);
    OutputStage changed = new OutputStage(list("the output stage", steps), heads);
    return new AttentionParameters(rows, units, scores, values, changed);
  }

  private static List<Step> list(String name, Step... steps) {
    ARGUMENTS.given("steps", steps);
    List<Step> list = Arrays.asList(steps.clone()); // before the checks: the caller's may change
    checkSteps(name, list);
    return List.copyOf(list);
  }

  private static void checkSteps(String name, List<Step> steps) {
    ARGUMENTS.must(
        ARGUMENTS.given(name, steps).size() <= MOST_STEPS,
        () ->
            String.format(
                Locale.ROOT,
                "%s has %d steps, must be at most %d",
                name,
                steps.size(),
                MOST_STEPS));
    ARGUMENTS.allGiven(name, steps);
  }

  private AttentionParameters with(Units changed) {
    return new AttentionParameters(rows, changed, scores, values, output);
  }

  private AttentionParameters with(Scores changed) {
    return new AttentionParameters(rows, units, changed, values, output);
  }

  private AttentionParameters with(Values changed) {
    return new AttentionParameters(rows, units, scores, changed, output);
  }

  /** {@return the number of values in a row of x} */
  public int inputWidth() {
    return sizes.inputWidth();
  }

  /** {@return the number of values in a row that is scored} */
  public int rowWidth() {
    return sizes.rowWidth();
  }

  /** {@return D, the number of hidden units; 0 in the linear form} */
  public int units() {
    return units.hidden.isEmpty() ? 0 : sizes.units();
  }

  /** {@return R, the number of scores per row: one per head, or one per channel} */
  public int heads() {
    return sizes.heads();
  }

  /** {@return the number of values in a pooled row} */
  public int valueWidth() {
    return sizes.valueWidth();
  }

  /** {@return the number of contexts of a sequence: one per head; 1 with a softmax per channel} */
  public int contexts() {
    return sizes.contexts();
  }

  /** {@return the number of values in a context: a mean, or a mean and a standard deviation} */
  public int width() {
    return sizes.contextWidth();
  }

  /** {@return O, the number of logits; 0 without an output} */
  public int logitCount() {
    return sizes.logitCount();
  }

  /**
   * {@return Q, the number of values in a query; without query steps, that of its term} 0 if the
   * layer takes no queries: it has no hidden map, or a batch norm follows it and there are no query
   * steps.
   */
  public int queryWidth() {
    return sizes.queryWidth();
  }

  /** {@return the steps from x to the rows that are scored; none for x itself} */
  public List<Step> rows() {
    return rows;
  }

  /** {@return the steps from a row to its hidden units; none in the linear form} */
  public List<Step> hidden() {
    return units.hidden;
  }

  /** {@return the steps from a row to its gate; none without a gate} */
  public List<Step> gate() {
    return units.gate;
  }

  /** {@return the steps from a query to its term; none where a query is its term itself} */
  public List<Step> query() {
    return units.query;
  }

  /** {@return whether {@link #withQueryAsTerm} said that a query is the term itself} */
  public boolean isQueryTerm() {
    return units.queryIsTerm;
  }

  /** {@return the steps from the units to the scores} */
  public List<Step> score() {
    return scores.steps;
  }

  /** {@return whether each column of the values has a softmax of its own} */
  public boolean isPerChannel() {
    return scores.perChannel;
  }

  /** {@return ε of {@link #withSoftmaxEpsilon}; 0 for the plain softmax} */
  public float softmaxEpsilon() {
    return scores.epsilon;
  }

  /** {@return whether x itself is pooled} */
  public boolean poolsInput() {
    return values.input;
  }

  /** {@return the steps from the rows to the values; none where rows or x are pooled} */
  public List<Step> values() {
    return values.steps;
  }

  /** {@return whether a context holds standard deviations after the means} */
  public boolean hasStandardDeviation() {
    return values.deviation;
  }

  /** {@return the least variance of {@link #withStandardDeviation}} */
  public float minVariance() {
    return values.minVariance;
  }

  /** {@return the steps from the contexts to the logits; none without an output} */
  public List<Step> output() {
    return output.steps;
  }

  /** {@return how the output takes the contexts of several heads} */
  public HeadCombination headCombination() {
    return output.heads;
  }
}
