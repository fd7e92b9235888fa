package io.github.attnpool.bench.peer;

/**
 * Copies of the outputs of one input: context [B,R,H], weights [B,R,T], and logits [B,O] if the
 * form has an output layer.
 */
public final class Result {
  private final float[] context;
  private final float[] weights;
  private final float[] logits;

  /** Takes the arrays, without copying; without an output layer, logits are empty. */
  public Result(float[] context, float[] weights, float[] logits) {
    this.context = context;
    this.weights = weights;
    this.logits = logits;
  }

  /** Returns a result without logits. */
  static Result of(float[] context, float[] weights) {
    return new Result(context, weights, new float[0]);
  }

  /** Returns the context, [B,R,H]. */
  public float[] context() {
    return context;
  }

  /** Returns the weights, [B,R,T]. */
  public float[] weights() {
    return weights;
  }

  /** Returns the logits, [B,O], or an empty array. */
  public float[] logits() {
    return logits;
  }
}
