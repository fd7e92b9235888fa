package io.github.attnpool.bench.peer;

/**
 * What a peer computed of one input: context [B,R,H], weights [B,R,T], and logits [B,O] where the
 * form has an output layer. Holds copies.
 */
public final class Result {
  private final float[] context;
  private final float[] weights;
  private final float[] logits;

  /** Takes over the arrays; without an output layer, logits are empty. */
  public Result(float[] context, float[] weights, float[] logits) {
    this.context = context;
    this.weights = weights;
    this.logits = logits;
  }

  /** A result without logits. */
  static Result of(float[] context, float[] weights) {
    return new Result(context, weights, new float[0]);
  }

  /** [B,R,H]. */
  public float[] context() {
    return context;
  }

  /** [B,R,T]. */
  public float[] weights() {
    return weights;
  }

  /** [B,O], or empty. */
  public float[] logits() {
    return logits;
  }
}
