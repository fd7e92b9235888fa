package io.github.attnpool.parity;

import io.github.attnpool.AttentionParameters;
import java.util.Arrays;
import java.util.Optional;

/** The layer in plain float64 loops, straight from its formulas; shares no code with a backend. */
final class Reference {
  private final AttentionParameters parameters;
  private final Batch batch;
  private final Optional<Affine> hidden;
  private final Affine score;
  private final Optional<Affine> output;
  private final Result result;
  private final double[] scoreMagnitudes;

  private Reference(AttentionParameters parameters, Batch batch) {
    this.parameters = parameters;
    this.batch = batch;
    this.hidden = parameters.hidden().map(Affine::new);
    this.score = new Affine(parameters.score());
    this.output = parameters.output().map(Affine::new);
    int heads = parameters.heads();
    this.scoreMagnitudes = new double[heads * batch.positions()];
    this.result =
        new Result(
            new double[heads * batch.positions()],
            new double[heads * batch.positions()],
            new double[batch.batch() * heads * batch.width()],
            new double[batch.batch() * parameters.outputs()]);
  }

  static Reference of(AttentionParameters parameters, Batch batch) {
    Reference reference = new Reference(parameters, batch);
    reference.score();
    for (int b = 0; b < batch.batch(); b++) {
      for (int r = 0; r < parameters.heads(); r++) {
        reference.weigh(b, r);
        reference.pool(b, r);
      }
      reference.output(b);
    }
    return reference;
  }

  /** Scores, weights, context and logits; for an empty sequence zero weights and context. */
  Result result() {
    return result;
  }

  /**
   * Σ |a·u| + |c| for each score, laid out as the scores, 0 where not kept: the size of the numbers
   * that a score is the sum of, however small the sum itself.
   */
  double[] scoreMagnitudes() {
    return scoreMagnitudes;
  }

  /** e = a·u + c with u = tanh(W·x + b), or u = x in the linear form; −∞ where not kept. */
  private void score() {
    Arrays.fill(result.scores, Double.NEGATIVE_INFINITY);
    for (int b = 0; b < batch.batch(); b++) {
      for (int t = batch.begin(b); t < batch.end(b); t++) {
        if (batch.kept(t)) {
          double[] x = row(t);
          double[] u = hidden.isEmpty() ? x : hidden.get().apply(x);
          if (hidden.isPresent()) {
            Arrays.setAll(u, d -> Math.tanh(u[d]));
          }
          double[] e = score.apply(u);
          double[] magnitude = score.magnitude(u);
          for (int r = 0; r < e.length; r++) {
            result.scores[index(b, r, t)] = e[r];
            scoreMagnitudes[index(b, r, t)] = magnitude[r];
          }
        }
      }
    }
  }

  /** α = softmax of one sequence's scores. */
  private void weigh(int b, int r) {
    double max = Double.NEGATIVE_INFINITY;
    for (int t = batch.begin(b); t < batch.end(b); t++) {
      max = Math.max(max, result.scores[index(b, r, t)]);
    }
    double sum = 0;
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
    int start = (b * parameters.heads() + r) * batch.width();
    for (int t = batch.begin(b); t < batch.end(b); t++) {
      if (batch.kept(t)) {
        for (int h = 0; h < batch.width(); h++) {
          result.context[start + h] += result.weights[index(b, r, t)] * batch.x(t, h);
        }
      }
    }
  }

  /** y = F·c + g. */
  private void output(int b) {
    if (output.isPresent()) {
      int size = parameters.heads() * batch.width();
      double[] context = Arrays.copyOfRange(result.context, b * size, (b + 1) * size);
      double[] y = output.get().apply(context);
      System.arraycopy(y, 0, result.logits, b * y.length, y.length);
    }
  }

  private double[] row(int position) {
    double[] row = new double[batch.width()];
    Arrays.setAll(row, h -> batch.x(position, h));
    return row;
  }

  private int index(int sequence, int head, int position) {
    return batch.index(parameters.heads(), head, sequence, position);
  }
}
