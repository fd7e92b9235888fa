package io.github.attnpool.testkit;

import io.github.attnpool.Activation;
import io.github.attnpool.BatchNorm;
import io.github.attnpool.Divide;
import io.github.attnpool.LayerNorm;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import java.util.Arrays;
import java.util.List;

/** The steps of a stage for one row, in float64, straight from their formulas. */
final class StageFormula {
  private StageFormula() {}

  /**
   * Returns what a row comes to.
   *
   * @param place of the row in its sequence, masked rows counted
   */
  static double[] apply(List<Step> steps, double[] row, int place) {
    double[] values = row;
    for (Step step : steps) {
      values = apply(step, values, place);
    }
    return values;
  }

  /** A new array. */
  static double[] apply(Step step, double[] x, int place) {
    return switch (step) {
      case Linear map -> new Affine(map).apply(x);
      case LayerNorm norm -> normalised(norm, x);
      case BatchNorm norm -> {
        double[] scale = norm.scale();
        double[] shift = norm.shift();
        double[] y = new double[x.length];
        Arrays.setAll(y, i -> scale[i] * x[i] + shift[i]);
        yield y;
      }
      case Activation f -> Arrays.stream(x).map(z -> ActivationFormula.value(f, z)).toArray();
      case StepBias bias -> {
        double added = bias.values()[place];
        yield Arrays.stream(x).map(e -> e + added).toArray();
      }
      case Divide(float by) -> Arrays.stream(x).map(e -> e / by).toArray();
    };
  }

  private static double[] normalised(LayerNorm norm, double[] x) {
    double[] y = new double[x.length];
    int size = x.length / norm.groups();
    for (int i = 0; i < x.length; i++) {
      double[] group = Arrays.copyOfRange(x, i / size * size, (i / size + 1) * size);
      double mean = Arrays.stream(group).average().orElseThrow();
      double variance =
          Arrays.stream(group).map(v -> Math.pow(v - mean, 2)).average().orElseThrow();
      double unit = (x[i] - mean) / Math.sqrt(variance + norm.epsilon());
      y[i] = unit * norm.weight()[i] + norm.bias()[i];
    }
    return y;
  }
}
