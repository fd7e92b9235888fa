package io.github.attnpool;

import io.github.attnpool.format.SafetensorsFile;
import io.github.attnpool.format.SeedLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The trained parameters of an attention-pooling layer: scores e = a·tanh(W·x + b) + c, or in the
 * <i>linear</i> form (no hidden map) e = a·x; and an optional output layer logits = F·context + g.
 *
 * <p>Immutable and thread-safe. H is the width of a row, D the number of hidden units, R the number
 * of heads, O the number of outputs.
 */
public final class AttentionParameters {
  private final Linear hidden;
  private final Linear score;
  private final Linear output;

  private AttentionParameters(Linear hidden, Linear score, Linear output) {
    this.hidden = hidden;
    this.score = score;
    this.output = output;
  }

  /**
   * The additive form.
   *
   * @param hidden W and b, [D,H]
   * @param score a and c, [R,D]
   * @throws AttnPoolException if the score map does not take what the hidden map yields
   */
  public static AttentionParameters additive(Linear hidden, Linear score) {
    if (score.inputs() != hidden.outputs()) {
      throw new AttnPoolException(
          "parameters",
          "the score map takes "
              + score.inputs()
              + " values, must take the "
              + hidden.outputs()
              + " hidden units");
    }
    return new AttentionParameters(hidden, score, null);
  }

  /**
   * The linear form, without a hidden layer.
   *
   * @param score a and c, [R,H]
   */
  public static AttentionParameters linear(Linear score) {
    return new AttentionParameters(null, score, null);
  }

  /** Reads parameters in the seed layout from a safetensors file. */
  public static AttentionParameters load(Path file) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      return SeedLayout.read(tensors, "");
    }
  }

  /**
   * These parameters with an output layer.
   *
   * @param output F and g, [O, R·H]
   * @throws AttnPoolException if it does not take R·H values
   */
  public AttentionParameters withOutput(Linear output) {
    long expected = (long) heads() * width();
    if (output.inputs() != expected) {
      throw new AttnPoolException(
          "parameters",
          "the output layer takes "
              + output.inputs()
              + " values, must take the "
              + expected
              + " of the context");
    }
    return new AttentionParameters(hidden, score, output);
  }

  /** H: values in a row of x. */
  public int width() {
    return hidden == null ? score.inputs() : hidden.inputs();
  }

  /** D: hidden units; 0 in the linear form. */
  public int units() {
    return hidden == null ? 0 : hidden.outputs();
  }

  /** R: attention distributions over one sequence. */
  public int heads() {
    return score.outputs();
  }

  /** O: values of the output layer; 0 where there is none. */
  public int outputs() {
    return output == null ? 0 : output.outputs();
  }

  /** W and b; empty in the linear form. */
  public Optional<Linear> hidden() {
    return Optional.ofNullable(hidden);
  }

  /** a and c. */
  public Linear score() {
    return score;
  }

  /** F and g; empty where there is no output layer. */
  public Optional<Linear> output() {
    return Optional.ofNullable(output);
  }
}
