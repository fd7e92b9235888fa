package io.github.attnpool.testkit;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.internal.maps.PlainLayer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * The layer's formulas in float64 for {@link DoubleMap#ROWS} rows at once: several times as fast as
 * {@link RowFormula}, for inputs of many rows, and without its bounds.
 */
public final class DoubleLayer {
  private final AttentionParameters parameters;
  private final Optional<DoubleMap> projection;
  private final Optional<DoubleMap> hidden;
  private final Optional<DoubleMap> gate;
  private final Optional<DoubleMap> query;
  private final DoubleMap score;

  public DoubleLayer(AttentionParameters parameters) {
    this.parameters = parameters;
    this.projection = PlainLayer.of(parameters).projection().map(DoubleMap::new);
    this.hidden = PlainLayer.of(parameters).hidden().map(DoubleMap::new);
    this.gate = PlainLayer.of(parameters).gate().map(DoubleMap::new);
    this.query = PlainLayer.of(parameters).query().map(DoubleMap::new);
    this.score = new DoubleMap(PlainLayer.of(parameters).score());
  }

  /**
   * What a sequence's query adds to its hidden units before the activation.
   *
   * @param queryOfSequence empty where it has none; then the term is empty too
   */
  public double[] term(double... queryOfSequence) {
    if (queryOfSequence.length == 0 || query.isEmpty()) {
      return queryOfSequence;
    }
    double[][] queries = new double[DoubleMap.ROWS][];
    Arrays.fill(queries, queryOfSequence);
    double[][] terms = query.get().room();
    query.get().apply(queries, terms);
    return terms[0];
  }

  /** The rows that are pooled. */
  public double[][] rows(double[][] x) {
    if (projection.isEmpty()) {
      return x;
    }
    double[][] rows = projection.get().room();
    projection.get().apply(x, rows);
    apply(
        rows,
        value -> ActivationFormula.value(PlainLayer.of(parameters).projectionActivation(), value));
    return rows;
  }

  /**
   * The scores of rows that are pooled, [rows][R].
   *
   * @param term of the rows' sequence, or empty
   */
  public double[][] scores(double[][] rows, double... term) {
    double[][] units = rows;
    if (hidden.isPresent()) {
      units = hidden.get().room();
      hidden.get().apply(rows, units);
      for (double[] row : units) {
        for (int d = 0; d < term.length; d++) {
          row[d] += term[d];
        }
      }
      apply(units, value -> ActivationFormula.value(PlainLayer.of(parameters).activation(), value));
    }
    if (gate.isPresent()) {
      double[][] gates = gate.get().room();
      gate.get().apply(rows, gates);
      apply(gates, value -> ActivationFormula.value(Activation.SIGMOID, value));
      for (int row = 0; row < units.length; row++) {
        for (int d = 0; d < units[row].length; d++) {
          units[row][d] *= gates[row][d];
        }
      }
    }
    double[][] scores = score.room();
    score.apply(units, scores);
    apply(scores, value -> value / PlainLayer.of(parameters).temperature());
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
