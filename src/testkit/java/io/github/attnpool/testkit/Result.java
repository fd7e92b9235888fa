package io.github.attnpool.testkit;

/**
 * What a forward call should yield, in float64 and in the layout of {@link
 * io.github.attnpool.Outputs}.
 */
public final class Result {
  public final double[] scores;
  public final double[] weights;
  public final double[] context;

  /** Empty where there is no output layer. */
  public final double[] logits;

  public Result(double[] scores, double[] weights, double[] context, double[] logits) {
    this.scores = scores;
    this.weights = weights;
    this.context = context;
    this.logits = logits;
  }
}
