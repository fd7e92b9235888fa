package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;

/**
 * Applies the steps of a stage to rows of a tile, step after step; each map writes to memory of its
 * own, other steps change rows in place. Scratch of one thread. What padding holds is finite.
 */
final class StageRows {
  private final RowStep[] steps;
  private final int columns;

  /** A step on rows of a matrix, which it changes, or whose results it writes to another. */
  private interface RowStep {
    /** Returns the matrix in which the results stand in the same rows. */
    float[] apply(float[] rows, int first, int count);
  }

  /**
   * @param inPlace whether the rows that are given may be changed
   * @param places of the rows of a tile in their sequences; read by a step bias alone
   */
  StageRows(PackedStage stage, int tileRows, boolean inPlace, int[] places) {
    this.columns = stage.columns();
    int width = stage.inputColumns();
    int real = stage.inputs();
    boolean copies =
        !inPlace && !stage.isEmpty() && !(stage.steps().getFirst() instanceof PackedStep.Map);
    this.steps = new RowStep[stage.steps().size() + (copies ? 1 : 0)];
    int at = 0;
    if (copies) {
      steps[at++] = copy(tileRows, width);
    }
    for (PackedStep step : stage.steps()) {
      steps[at++] =
          switch (step) {
            case PackedStep.Map(PackedWeights weights, Activation activation) -> {
              real = weights.realUnits;
              width = Padding.up(real, stage.kernels().lanes());
              yield map(new DenseRows(stage.kernels(), weights, activation), tileRows, width);
            }
            case PackedStep.Scale scale -> scale(stage.kernels(), scale, width);
            case PackedStep.Norm norm -> norm(stage.kernels(), norm, width);
            case PackedStep.Place place -> place(place.values, places, real, width);
          };
    }
  }

  /** Values from one row of the results to the next. */
  int columns() {
    return columns;
  }

  /** Returns the matrix in which the results stand, in the same rows; with room for whole quads. */
  float[] apply(float[] rows, int first, int count) {
    float[] results = rows;
    for (RowStep step : steps) {
      results = step.apply(results, first, count);
    }
    return results;
  }

  private static RowStep copy(int tileRows, int columns) {
    float[] to = DenseRows.room(tileRows, columns);
    return (rows, first, count) -> {
      System.arraycopy(rows, first * columns, to, first * columns, count * columns);
      return to;
    };
  }

  private static RowStep map(DenseRows dense, int tileRows, int columns) {
    float[] to = DenseRows.room(tileRows, columns);
    return (rows, first, count) -> {
      dense.apply(rows, first, count, to, 0, columns);
      return to;
    };
  }

  private static RowStep scale(TileKernels kernels, PackedStep.Scale scale, int columns) {
    float[] factors = scale.factors;
    float[] line = new float[columns];
    float[] scratch = new float[columns];
    return (rows, first, count) -> {
      for (int t = first; t < first + count; t++) {
        System.arraycopy(rows, t * columns, line, 0, columns);
        for (int i = 0; i < factors.length; i++) {
          line[i] *= factors[i];
        }
        kernels.activate(scale.activation, line, scale.addends, columns, scratch);
        System.arraycopy(line, 0, rows, t * columns, columns);
      }
      return rows;
    };
  }

  private static RowStep norm(TileKernels kernels, PackedStep.Norm norm, int columns) {
    float[] line = new float[columns];
    float[] scratch = new float[columns];
    return (rows, first, count) -> {
      for (int t = first; t < first + count; t++) {
        System.arraycopy(rows, t * columns, line, 0, columns);
        for (int from = 0; from < norm.weight.length; from += norm.size) {
          normalise(norm, line, from);
        }
        if (norm.activation != Activation.IDENTITY) {
          kernels.activate(norm.activation, line, norm.noAddends, columns, scratch);
        }
        System.arraycopy(line, 0, rows, t * columns, columns);
      }
      return rows;
    };
  }

  private static void normalise(PackedStep.Norm norm, float[] values, int from) {
    int end = from + norm.size;
    double sum = 0;
    for (int i = from; i < end; i++) {
      sum += values[i];
    }
    double mean = sum / norm.size;
    double squares = 0;
    for (int i = from; i < end; i++) {
      double difference = values[i] - mean;
      squares += difference * difference;
    }
    double factor = 1 / Math.sqrt(squares / norm.size + norm.epsilon);
    for (int i = from; i < end; i++) {
      values[i] = (float) ((values[i] - mean) * factor * norm.weight[i] + norm.bias[i]);
    }
  }

  private static RowStep place(float[] values, int[] places, int width, int columns) {
    return (rows, first, count) -> {
      for (int t = first; t < first + count; t++) {
        float value = values[places[t]];
        for (int i = t * columns; i < t * columns + width; i++) {
          rows[i] += value;
        }
      }
      return rows;
    };
  }
}
