package io.github.attnpool.internal.jvm;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.ErrorFunction;
import java.util.Optional;

/** The layer's formulas in float64, for one sequence: what all engines are held against. */
final class Formula {
  private Formula() {}

  static double[] row(float[] x, int row, int width) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = x[row * width + i];
    }
    return values;
  }

  /** A row as it is pooled. */
  static double[] pooled(AttentionParameters parameters, double[] x) {
    return parameters.projection().isEmpty()
        ? x
        : activate(
            parameters.projectionActivation(),
            apply(parameters.projection().get(), x),
            new double[0]);
  }

  /**
   * Scores of a pooled row, one for each head.
   *
   * @param query null without one
   */
  static double[] scores(AttentionParameters parameters, double[] pooled, double[] query) {
    double[] u = pooled;
    if (parameters.hidden().isPresent()) {
      u =
          activate(
              parameters.activation(),
              apply(parameters.hidden().get(), u),
              term(parameters, query));
      if (parameters.gate().isPresent()) {
        double[] gate = apply(parameters.gate().get(), pooled);
        for (int d = 0; d < u.length; d++) {
          u[d] /= 1 + Math.exp(-gate[d]);
        }
      }
    }
    double[] e = apply(parameters.score(), u);
    for (int head = 0; head < e.length; head++) {
      e[head] /= parameters.temperature();
    }
    return e;
  }

  private static double[] term(AttentionParameters parameters, double[] query) {
    if (query == null) {
      return new double[0];
    }
    Optional<Linear> map = parameters.query();
    return map.isEmpty() ? query : apply(map.get(), query);
  }

  /** exp(e)/(Σ exp(e) + ε), without any care for overflow. */
  static double[] weights(double[] scores, double epsilon) {
    double sum = epsilon;
    for (double e : scores) {
      sum += Math.exp(e);
    }
    double[] weights = new double[scores.length];
    for (int t = 0; t < weights.length; t++) {
      weights[t] = Math.exp(scores[t]) / sum;
    }
    return weights;
  }

  /** Logits of contexts [R][H]. */
  static double[] logits(AttentionParameters parameters, double[][] contexts) {
    Linear output = parameters.outputLayer().orElseThrow();
    float[] weight = output.weight();
    float[] bias = output.bias().orElseGet(() -> new float[output.outFeatures()]);
    int width = parameters.width();
    double[] logits = new double[output.outFeatures()];
    for (int o = 0; o < logits.length; o++) {
      logits[o] = bias[o];
      for (int head = 0; head < contexts.length; head++) {
        for (int i = 0; i < width; i++) {
          logits[o] += contexts[head][i] * factor(parameters, weight, o, head, i);
        }
      }
    }
    return logits;
  }

  private static double factor(
      AttentionParameters parameters, float[] weight, int output, int head, int i) {
    int width = parameters.width();
    int heads = parameters.heads();
    return switch (parameters.headCombination()) {
      case CONCAT -> weight[(output * heads + head) * width + i];
      case MEAN -> (double) weight[output * width + i] / heads;
      case PER_HEAD -> output == head ? weight[output * width + i] : 0;
    };
  }

  private static double[] activate(Activation activation, double[] u, double[] term) {
    double[] results = new double[u.length];
    for (int d = 0; d < u.length; d++) {
      results[d] = activate(activation, d < term.length ? u[d] + term[d] : u[d]);
    }
    return results;
  }

  static double activate(Activation activation, double u) {
    return switch (activation) {
      case IDENTITY -> u;
      case TANH -> Math.tanh(u);
      case RELU -> u > 0 ? u : 0;
      case GELU -> u * ErrorFunction.erfc(-u * Math.sqrt(0.5)) / 2;
      case GELU_TANH -> u / (1 + Math.exp(-Math.sqrt(8 / Math.PI) * (u + 0.044715 * u * u * u)));
      case SIGMOID -> 1 / (1 + Math.exp(-u));
    };
  }

  private static double[] apply(Linear map, double[] x) {
    float[] weight = map.weight();
    float[] bias = map.bias().orElseGet(() -> new float[map.outFeatures()]);
    double[] y = new double[map.outFeatures()];
    for (int o = 0; o < y.length; o++) {
      y[o] = bias[o];
      for (int i = 0; i < x.length; i++) {
        y[o] += (double) weight[o * x.length + i] * x[i];
      }
    }
    return y;
  }
}
