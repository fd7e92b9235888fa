package io.github.attnpool;

import io.github.attnpool.checkpoint.ParametersFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The trained parameters of an attention-pooling layer.
 *
 * <p>Scores of a row: e = (a·u + c)/temperature with u = f(W·x + b + q), where q is the query term
 * of the row's sequence, if it has one; in the <i>gated</i> form u = f(W·x + b + q) ⊙ sigmoid(V·x +
 * v); in the <i>linear</i> form (no hidden map) u = x. An input projection x ← f_p(P·x + p) may
 * come first; then the projected rows are those that are pooled. An output layer may follow: logits
 * = F·context + g.
 *
 * <p>Immutable and thread-safe. H is the width of a pooled row, D the number of hidden units, R the
 * number of heads, O the number of outputs, Q the width of a query.
 */
public final class AttentionParameters {
  private final Draft parts;

  private AttentionParameters(Draft parts) {
    this.parts = parts;
  }

  /** What parameters are made of; changed only while they are made. */
  private static final class Draft implements Cloneable {
    Linear projection;
    Activation projectionActivation = Activation.IDENTITY;
    Linear hidden;
    Linear gate;
    Linear query;
    Activation activation = Activation.IDENTITY;
    Linear score;
    float temperature = 1;
    float softmaxEpsilon;
    Linear output;
    HeadCombination headCombination = HeadCombination.CONCAT;

    Draft copy() {
      try {
        return (Draft) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private AttentionParameters with(Consumer<Draft> change) {
    Draft draft = parts.copy();
    change.accept(draft);
    return new AttentionParameters(draft);
  }

  /**
   * The additive form, with tanh.
   *
   * @param hidden W and b, [D,H]
   * @param score a and c, [R,D]
   * @throws AttnPoolException if the score map does not take what the hidden map yields
   */
  public static AttentionParameters additive(Linear hidden, Linear score) {
    ParameterCheck.additive(hidden, score);
    Draft draft = new Draft();
    draft.hidden = hidden;
    draft.activation = Activation.TANH;
    draft.score = score;
    return new AttentionParameters(draft);
  }

  /**
   * The linear form, without a hidden layer.
   *
   * @param score a and c, [R,H]
   */
  public static AttentionParameters linear(Linear score) {
    ParameterCheck.linear(score);
    Draft draft = new Draft();
    draft.score = score;
    return new AttentionParameters(draft);
  }

  /**
   * Reads parameters from a safetensors file whose layout is recognised by its tensors' names: see
   * {@link io.github.attnpool.format.Layout}. For a layout by name, a prefix or names of your own:
   * {@link ParametersFile}, {@link io.github.attnpool.format.TensorNames}.
   *
   * @throws AttnPoolException if the file cannot be read, or no layout fits; then it names the
   *     nearest
   */
  public static AttentionParameters load(Path file) {
    return ParametersFile.read(file, ParametersFile.AUTO, "");
  }

  /**
   * These parameters with a gate: u = f(W·x + b) ⊙ sigmoid(V·x + v).
   *
   * @param gate V and v, [D,H]
   * @throws AttnPoolException if this is the linear form, or the gate is not shaped as the hidden
   *     map is
   */
  public AttentionParameters withGate(Linear gate) {
    ParameterCheck.gate(this, gate);
    return with(draft -> draft.gate = gate);
  }

  /**
   * These parameters with another activation of the hidden units.
   *
   * @throws AttnPoolException if this is the linear form, which has none
   */
  public AttentionParameters withActivation(Activation activation) {
    ParameterCheck.activation(this, activation);
    return with(draft -> draft.activation = activation);
  }

  /**
   * These parameters with scores divided by a temperature.
   *
   * @throws AttnPoolException if it is not a positive number
   */
  public AttentionParameters withTemperature(float temperature) {
    ParameterCheck.temperature(temperature);
    return with(draft -> draft.temperature = temperature);
  }

  /**
   * These parameters with another softmax: α_t = exp(e_t) / (Σ exp(e_t) + ε), as some Keras models
   * compute it. Where exp(e_t) overflows there, this keeps to the formula's limit.
   *
   * @param epsilon ε; 0 for the plain softmax
   * @throws AttnPoolException if it is negative or not a number
   */
  public AttentionParameters withSoftmaxEpsilon(float epsilon) {
    ParameterCheck.softmaxEpsilon(epsilon);
    return with(draft -> draft.softmaxEpsilon = epsilon);
  }

  /**
   * These parameters behind an input projection: every row x becomes f(P·x + p), and those rows are
   * scored and pooled.
   *
   * @param projection P and p, [H, width of x]
   * @throws AttnPoolException if it does not yield H values
   */
  public AttentionParameters withProjection(Linear projection, Activation activation) {
    ParameterCheck.projection(this, projection, activation);
    return with(
        draft -> {
          draft.projection = projection;
          draft.projectionActivation = activation;
        });
  }

  /**
   * These parameters with a map from a sequence's query to its query term. Without one, a query is
   * the term itself, [D].
   *
   * @param query W_q and its bias, [D,Q]
   * @throws AttnPoolException if this is the linear form, or the map does not yield D values
   */
  public AttentionParameters withQuery(Linear query) {
    ParameterCheck.query(this, query);
    return with(draft -> draft.query = query);
  }

  /**
   * These parameters with an output layer over the heads' contexts, one behind the other.
   *
   * @param output F and g, [O, R·H]
   * @throws AttnPoolException if it does not take R·H values
   */
  public AttentionParameters withOutput(Linear output) {
    return withOutput(output, HeadCombination.CONCAT);
  }

  /**
   * These parameters with an output layer.
   *
   * @param output F and g: [O, R·H], [O, H] or [R, H], by {@code heads}
   * @throws AttnPoolException if it has another shape
   */
  public AttentionParameters withOutput(Linear output, HeadCombination heads) {
    ParameterCheck.output(this, output, heads);
    return with(
        draft -> {
          draft.output = output;
          draft.headCombination = heads;
        });
  }

  /** Values in a row of x. */
  public int inputWidth() {
    return parts.projection == null ? width() : parts.projection.inFeatures();
  }

  /** H: values in a row that is pooled, and in a context. */
  public int width() {
    return parts.hidden == null ? parts.score.inFeatures() : parts.hidden.inFeatures();
  }

  /** D: hidden units; 0 in the linear form. */
  public int units() {
    return parts.hidden == null ? 0 : parts.hidden.outFeatures();
  }

  /** R: attention distributions over one sequence. */
  public int heads() {
    return parts.score.outFeatures();
  }

  /** O: values of the output layer; 0 where there is none. */
  public int logitCount() {
    return parts.output == null ? 0 : parts.output.outFeatures();
  }

  /** Q: values in a query; D where there is no query map. */
  public int queryWidth() {
    return parts.query == null ? units() : parts.query.inFeatures();
  }

  /** P and p; empty where rows are pooled as they are. */
  public Optional<Linear> projection() {
    return Optional.ofNullable(parts.projection);
  }

  /** What the input projection applies; identity where there is none. */
  public Activation projectionActivation() {
    return parts.projectionActivation;
  }

  /** W and b; empty in the linear form. */
  public Optional<Linear> hidden() {
    return Optional.ofNullable(parts.hidden);
  }

  /** V and v; empty where there is no gate. */
  public Optional<Linear> gate() {
    return Optional.ofNullable(parts.gate);
  }

  /** W_q and its bias; empty where queries are given as terms, or not at all. */
  public Optional<Linear> query() {
    return Optional.ofNullable(parts.query);
  }

  /** f; identity in the linear form. */
  public Activation activation() {
    return parts.activation;
  }

  /** a and c. */
  public Linear score() {
    return parts.score;
  }

  /** What scores are divided by. */
  public float temperature() {
    return parts.temperature;
  }

  /** ε of {@link #withSoftmaxEpsilon}; 0 for the plain softmax. */
  public float softmaxEpsilon() {
    return parts.softmaxEpsilon;
  }

  /** F and g; empty where there is no output layer. */
  public Optional<Linear> output() {
    return Optional.ofNullable(parts.output);
  }

  /** How the output layer takes the contexts. */
  public HeadCombination headCombination() {
    return parts.headCombination;
  }
}
