package io.github.attnpool.parity;

/**
 * What a forward call should yield, in float64 and in the layout of {@link
 * io.github.attnpool.Outputs}.
 */
final class Result {
  final double[] scores;
  final double[] weights;
  final double[] context;

  /** Empty where there is no output layer. */
  final double[] logits;

  Result(double[] scores, double[] weights, double[] context, double[] logits) {
    this.scores = scores;
    this.weights = weights;
    this.context = context;
    this.logits = logits;
  }
}
