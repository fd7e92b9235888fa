package io.github.attnpool.testkit;

import io.github.attnpool.Activation;
import io.github.attnpool.Divide;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** A stage of maps, activations and divisions in float64, for a few rows at once. */
final class DoubleStage {
  private final List<UnaryOperator<double[][]>> steps = new ArrayList<>();
  private final int firstMap;

  DoubleStage(List<Step> stage) {
    int first = -1;
    for (Step step : stage) {
      if (first < 0 && step instanceof Linear) {
        first = steps.size();
      }
      steps.add(of(step));
    }
    this.firstMap = first;
  }

  private static UnaryOperator<double[][]> of(Step step) {
    return switch (step) {
      case Linear linear -> {
        DoubleMap map = new DoubleMap(linear);
        yield rows -> {
          double[][] result = map.room();
          map.apply(rows, result);
          return result;
        };
      }
      case Activation f -> each(value -> ActivationFormula.value(f, value));
      case Divide(float by) -> each(value -> value / by);
      default -> throw new IllegalArgumentException("no step " + step);
    };
  }

  private static UnaryOperator<double[][]> each(DoubleUnaryOperator function) {
    return rows -> {
      double[][] result = new double[rows.length][rows[0].length];
      for (int row = 0; row < rows.length; row++) {
        for (int i = 0; i < result[row].length; i++) {
          result[row][i] = function.applyAsDouble(rows[row][i]);
        }
      }
      return result;
    };
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  /**
   * The rows after all steps; those given are not changed.
   *
   * @param term what is added to the result of the first map; empty for nothing
   */
  double[][] apply(double[][] rows, double... term) {
    double[][] result = rows;
    for (int step = 0; step < steps.size(); step++) {
      result = steps.get(step).apply(result);
      for (int row = 0; row < result.length && step == firstMap; row++) {
        for (int d = 0; d < term.length; d++) {
          result[row][d] += term[d];
        }
      }
    }
    return result;
  }
}
