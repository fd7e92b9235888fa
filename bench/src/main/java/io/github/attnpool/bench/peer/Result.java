package io.github.attnpool.bench.peer;

/** What a peer computed of one input: context [B,H] and weights [B,T]. Holds copies. */
public final class Result {
  private final float[] context;
  private final float[] weights;

  /** Takes over the arrays. */
  public Result(float[] context, float[] weights) {
    this.context = context;
    this.weights = weights;
  }

  /** [B,H]. */
  public float[] context() {
    return context;
  }

  /** [B,T]. */
  public float[] weights() {
    return weights;
  }
}
