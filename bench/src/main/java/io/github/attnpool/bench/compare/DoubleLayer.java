package io.github.attnpool.bench.compare;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.bench.BenchModel;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** The layer's formulas in float64, for {@link DoubleMap#ROWS} rows at once. */
final class DoubleLayer {
  private final Optional<DoubleMap> projection;
  private final Optional<DoubleMap> hidden;
  private final Optional<DoubleMap> gate;
  private final Optional<DoubleMap> query;
  private final DoubleMap score;

  DoubleLayer(BenchModel model) {
    AttentionParameters parameters = model.parameters();
    this.projection = parameters.projection().map(DoubleMap::new);
    this.hidden = parameters.hidden().map(DoubleMap::new);
    this.gate = parameters.gate().map(DoubleMap::new);
    this.query = parameters.query().map(DoubleMap::new);
    this.score = new DoubleMap(parameters.score());
  }

  /**
   * What a sequence's query adds to its hidden units before tanh.
   *
   * @param queryOfSequence null where it has none; then there is no term
   */
  double[] term(double[] queryOfSequence) {
    if (queryOfSequence == null || query.isEmpty()) {
      return queryOfSequence;
    }
    double[][] queries = new double[DoubleMap.ROWS][];
    Arrays.fill(queries, queryOfSequence);
    double[][] terms = query.get().room();
    query.get().apply(queries, terms);
    return terms[0];
  }

  /** The rows that are pooled. */
  double[][] rows(double[][] x) {
    if (projection.isEmpty()) {
      return x;
    }
    double[][] rows = projection.get().room();
    projection.get().apply(x, rows);
    apply(rows, value -> Math.max(value, 0));
    return rows;
  }

  /** Their scores, [rows][R]. */
  double[][] scores(double[][] rows, double[] term) {
    double[][] units = rows;
    if (hidden.isPresent()) {
      units = hidden.get().room();
      hidden.get().apply(rows, units);
      if (term != null) {
        for (double[] row : units) {
          for (int d = 0; d < row.length; d++) {
            row[d] += term[d];
          }
        }
      }
      apply(units, Math::tanh);
    }
    if (gate.isPresent()) {
      double[][] gates = gate.get().room();
      gate.get().apply(rows, gates);
      apply(gates, value -> 1 / (1 + Math.exp(-value)));
      for (int row = 0; row < units.length; row++) {
        for (int d = 0; d < units[row].length; d++) {
          units[row][d] *= gates[row][d];
        }
      }
    }
    double[][] scores = score.room();
    score.apply(units, scores);
    return scores;
  }

  private static void apply(double[][] rows, DoubleUnaryOperator function) {
    for (double[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = function.applyAsDouble(row[i]);
      }
    }
  }
}
