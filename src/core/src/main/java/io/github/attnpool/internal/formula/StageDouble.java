package io.github.attnpool.internal.formula;

import io.github.attnpool.Activation;
import io.github.attnpool.BatchNorm;
import io.github.attnpool.Divide;
import io.github.attnpool.LayerNorm;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import java.util.List;

/** The steps of a stage, one after the other, in float64. */
public final class StageDouble {
  private final List<RowStep> steps;

  /** A step on a row; changes the array that it is given, or returns another. */
  private interface RowStep {
    double[] apply(double[] row, long step);
  }

  /** Of a stage's steps. */
  public StageDouble(List<Step> steps) {
    this.steps = steps.stream().map(StageDouble::of).toList();
  }

  /** Returns the row after all steps; the array given is not changed. */
  public double[] apply(double[] row) {
    return apply(row, 0);
  }

  /**
   * Returns the row after all steps; the array given is not changed.
   *
   * @param step the row's place in its sequence, for a step bias
   */
  public double[] apply(double[] row, long step) {
    double[] result = steps.isEmpty() ? row : row.clone();
    for (RowStep each : steps) {
      result = each.apply(result, step);
    }
    return result;
  }

  private static RowStep of(Step step) {
    return switch (step) {
      case Linear map -> {
        DenseDouble dense = new DenseDouble(map);
        yield (row, _) -> dense.apply(row);
      }
      case LayerNorm norm -> normalise(norm);
      case BatchNorm norm -> scale(norm);
      case Activation activation ->
          (row, _) -> {
            for (int i = 0; i < row.length; i++) {
              row[i] = ActivationDouble.apply(activation, row[i]);
            }
            return row;
          };
      case StepBias bias -> {
        float[] values = bias.values();
        yield (row, t) -> {
          for (int i = 0; i < row.length; i++) {
            row[i] += values[(int) t];
          }
          return row;
        };
      }
      case Divide(float by) ->
          (row, _) -> {
            for (int i = 0; i < row.length; i++) {
              row[i] /= by;
            }
            return row;
          };
    };
  }

  private static RowStep scale(BatchNorm norm) {
    double[] scale = norm.scale();
    double[] shift = norm.shift();
    return (row, _) -> {
      for (int i = 0; i < row.length; i++) {
        row[i] = row[i] * scale[i] + shift[i];
      }
      return row;
    };
  }

  private static RowStep normalise(LayerNorm norm) {
    float[] weight = norm.weight();
    float[] bias = norm.bias();
    int size = norm.width() / norm.groups();
    return (row, _) -> {
      for (int from = 0; from < row.length; from += size) {
        double mean = 0;
        for (int i = from; i < from + size; i++) {
          mean += row[i] / size;
        }
        double variance = 0;
        for (int i = from; i < from + size; i++) {
          variance += (row[i] - mean) * (row[i] - mean) / size;
        }
        double deviation = Math.sqrt(variance + norm.epsilon());
        for (int i = from; i < from + size; i++) {
          row[i] = (row[i] - mean) / deviation * weight[i] + bias[i];
        }
      }
      return row;
    };
  }
}
