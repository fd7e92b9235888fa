package io.github.attnpool.bench.compare;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.testkit.DoubleState;
import java.util.Arrays;

/**
 * The softmax and the pooled values of some rows in float64: per head, or per channel with mean and
 * standard deviation.
 */
final class PooledDouble {
  private final AttentionParameters parameters;
  private final DoubleState[] states; // one of all heads, or one per channel of (v, v²)

  PooledDouble(AttentionParameters parameters) {
    this.parameters = parameters;
    this.states = new DoubleState[parameters.isPerChannel() ? parameters.heads() : 1];
    Arrays.setAll(
        states,
        i ->
            parameters.isPerChannel()
                ? new DoubleState(1, 2)
                : new DoubleState(parameters.heads(), parameters.width()));
  }

  /** Adds a row with its scores. */
  void add(double[] scores, double[] values) {
    if (!parameters.isPerChannel()) {
      states[0].add(scores, values);
      return;
    }
    for (int channel = 0; channel < states.length; channel++) {
      double value = values[channel];
      states[channel].add(new double[] {scores[channel]}, new double[] {value, value * value});
    }
  }

  /** Adds the rows of another, which has some. */
  void merge(PooledDouble other) {
    for (int i = 0; i < states.length; i++) {
      states[i].merge(other.states[i]);
    }
  }

  /** Returns the weight of a row of that score in a head or channel. */
  double weight(int head, double score) {
    return parameters.isPerChannel()
        ? states[head].weight(0, score)
        : states[0].weight(head, score);
  }

  /** Writes the contexts of all heads, or all means and then all standard deviations. */
  void context(double[] to, int at) {
    if (!parameters.isPerChannel()) {
      for (int head = 0; head < parameters.heads(); head++) {
        states[0].context(head, to, at + head * parameters.width());
      }
      return;
    }
    double[] moments = new double[2];
    for (int channel = 0; channel < states.length; channel++) {
      states[channel].context(0, moments, 0);
      double variance = moments[1] - moments[0] * moments[0];
      to[at + channel] = moments[0];
      to[at + states.length + channel] = Math.sqrt(Math.max(variance, parameters.minVariance()));
    }
  }
}
