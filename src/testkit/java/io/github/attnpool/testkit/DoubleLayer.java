package io.github.attnpool.testkit;

import io.github.attnpool.AttentionParameters;
import java.util.Arrays;

/**
 * The layer's formulas in float64 for {@link DoubleMap#ROWS} rows at once: several times as fast as
 * {@link RowFormula}, for inputs of many rows, and without its bounds. It has forms whose stages
 * are maps, activations and divisions.
 */
public final class DoubleLayer {
  private final DoubleStage rows;
  private final DoubleStage hidden;
  private final DoubleStage gate;
  private final DoubleStage query;
  private final DoubleStage score;
  private final DoubleStage values;

  public DoubleLayer(AttentionParameters parameters) {
    this.rows = new DoubleStage(parameters.rows());
    this.hidden = new DoubleStage(parameters.hidden());
    this.gate = new DoubleStage(parameters.gate());
    this.query = new DoubleStage(parameters.query());
    this.score = new DoubleStage(parameters.score());
    this.values = new DoubleStage(parameters.values());
  }

  /**
   * What a sequence's query adds to its hidden units before the activation.
   *
   * @param queryOfSequence empty where it has none; then the term is empty too
   */
  public double[] term(double... queryOfSequence) {
    if (queryOfSequence.length == 0) {
      return queryOfSequence;
    }
    double[][] queries = new double[DoubleMap.ROWS][];
    Arrays.fill(queries, queryOfSequence);
    return query.apply(queries)[0];
  }

  /** The rows that are scored. */
  public double[][] rows(double[][] x) {
    return rows.apply(x);
  }

  /** The values that are pooled, of rows that are scored. */
  public double[][] values(double[][] scored) {
    return values.apply(scored);
  }

  /**
   * The scores of rows, [rows][R].
   *
   * @param term of the rows' sequence, or empty
   */
  public double[][] scores(double[][] scored, double... term) {
    double[][] units = hidden.apply(scored, term);
    if (!gate.isEmpty()) {
      double[][] gates = gate.apply(scored);
      for (int row = 0; row < units.length; row++) {
        for (int d = 0; d < units[row].length; d++) {
          units[row][d] *= gates[row][d];
        }
      }
    }
    return score.apply(units);
  }
}
