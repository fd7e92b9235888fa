package io.github.attnpool.testkit;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.maps.PlainLayer;
import java.util.Arrays;
import java.util.Optional;

/** The layer in plain float64 loops, straight from its formulas; shares no code with a backend. */
public final class Reference {
  private final AttentionParameters parameters;
  private final Batch batch;
  private final Optional<Affine> output;
  private final Result result;
  private final double[] scoreMagnitudes;
  private final double[] scoreRoundings;
  private final double[] logitMagnitudes;
  private final double[][] rows;

  private Reference(AttentionParameters parameters, Batch batch) {
    this.parameters = parameters;
    this.batch = batch;
    this.output = PlainLayer.of(parameters).outputLayer().map(Affine::new);
    int heads = parameters.heads();
    this.scoreMagnitudes = new double[heads * batch.positions()];
    this.scoreRoundings = new double[heads * batch.positions()];
    this.logitMagnitudes = new double[batch.batch() * parameters.logitCount()];
    this.rows = new double[batch.positions()][];
    this.result =
        new Result(
            new double[heads * batch.positions()],
            new double[heads * batch.positions()],
            new double[batch.batch() * heads * parameters.width()],
            new double[batch.batch() * parameters.logitCount()]);
  }

  public static Reference of(AttentionParameters parameters, Batch batch) {
    return of(parameters, batch, Precision.F32);
  }

  /** What a precision makes of the parameters, if nothing else is rounded. */
  public static Reference of(AttentionParameters parameters, Batch batch, Precision precision) {
    Reference reference = new Reference(parameters, batch);
    reference.score(new RowFormula(parameters, precision));
    for (int b = 0; b < batch.batch(); b++) {
      for (int r = 0; r < parameters.heads(); r++) {
        reference.weigh(b, r);
        reference.pool(b, r);
      }
      reference.output(b);
    }
    return reference;
  }

  public AttentionParameters parameters() {
    return parameters;
  }

  public Batch batch() {
    return batch;
  }

  /** Scores, weights, context and logits; for an empty sequence zero weights and context. */
  public Result result() {
    return result;
  }

  /**
   * Σ |a·u| + |c| for each score, laid out as the scores, 0 where not kept: the size of the numbers
   * that a score is the sum of, however small the sum itself.
   */
  public double[] scoreMagnitudes() {
    return scoreMagnitudes;
  }

  /** How far float32 may be off, for each score, as {@link RowFormula} says. */
  public double[] scoreRoundings() {
    return scoreRoundings;
  }

  /** Σ |F·c| + |g| for each value of the output layer. */
  public double[] logitMagnitudes() {
    return logitMagnitudes;
  }

  /** The row that is pooled, at a position that is kept. */
  public double[] row(int position) {
    return rows[position];
  }

  /** e; −∞ where not kept. */
  private void score(RowFormula formula) {
    Arrays.fill(result.scores, Double.NEGATIVE_INFINITY);
    for (int b = 0; b < batch.batch(); b++) {
      for (int t = batch.begin(b); t < batch.end(b); t++) {
        if (batch.kept(t)) {
          RowFormula.Scored scored = formula.apply(batch.row(t), batch.query(b));
          rows[t] = scored.row;
          for (int r = 0; r < scored.scores.length; r++) {
            double bias = batch.bias(scored.scores.length, r, b, t);
            result.scores[index(b, r, t)] = scored.scores[r] + bias;
            scoreMagnitudes[index(b, r, t)] = scored.magnitudes[r] + Math.abs(bias);
            scoreRoundings[index(b, r, t)] = scored.roundings[r];
          }
        }
      }
    }
  }

  /** α = exp(e) / (Σ exp(e) + ε), both over exp(max e). */
  private void weigh(int b, int r) {
    double max = Double.NEGATIVE_INFINITY;
    for (int t = batch.begin(b); t < batch.end(b); t++) {
      max = Math.max(max, result.scores[index(b, r, t)]);
    }
    double sum = parameters.softmaxEpsilon() == 0 ? 0 : parameters.softmaxEpsilon() / Math.exp(max);
    for (int t = batch.begin(b); t < batch.end(b); t++) {
      if (batch.kept(t)) {
        result.weights[index(b, r, t)] = Math.exp(result.scores[index(b, r, t)] - max);
        sum += result.weights[index(b, r, t)];
      }
    }
    for (int t = batch.begin(b); t < batch.end(b); t++) {
      if (batch.kept(t)) {
        result.weights[index(b, r, t)] /= sum;
      }
    }
  }

  /** c = Σ α·x. */
  private void pool(int b, int r) {
    int start = (b * parameters.heads() + r) * parameters.width();
    for (int t = batch.begin(b); t < batch.end(b); t++) {
      if (batch.kept(t)) {
        for (int h = 0; h < parameters.width(); h++) {
          result.context[start + h] += result.weights[index(b, r, t)] * rows[t][h];
        }
      }
    }
  }

  /** y = F·c + g: of the heads' contexts in a row, of their mean, or y_r of F_r and c_r. */
  private void output(int b) {
    if (output.isEmpty()) {
      return;
    }
    int width = parameters.width();
    int heads = parameters.heads();
    int start = b * heads * width;
    double[] concatenated = Arrays.copyOfRange(result.context, start, start + heads * width);
    for (int o = 0; o < parameters.logitCount(); o++) {
      double[] taken =
          switch (parameters.headCombination()) {
            case CONCAT -> concatenated;
            case MEAN -> mean(concatenated);
            case PER_HEAD -> Arrays.copyOfRange(concatenated, o * width, (o + 1) * width);
          };
      int at = b * parameters.logitCount() + o;
      result.logits[at] = output.get().apply(taken)[o];
      logitMagnitudes[at] = output.get().magnitude(taken)[o];
    }
  }

  private double[] mean(double[] contexts) {
    double[] mean = new double[parameters.width()];
    for (int i = 0; i < contexts.length; i++) {
      mean[i % mean.length] += contexts[i] / parameters.heads();
    }
    return mean;
  }

  private int index(int sequence, int head, int position) {
    return batch.index(parameters.heads(), head, sequence, position);
  }
}
