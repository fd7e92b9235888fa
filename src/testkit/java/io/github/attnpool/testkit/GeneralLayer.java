package io.github.attnpool.testkit;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import java.util.Arrays;
import java.util.List;

/**
 * A layer of any form in float64, row by row as the formulas of {@link AttentionParameters} read. A
 * sequence without rows has context and weights 0.
 */
public final class GeneralLayer {
  private final AttentionParameters layer;
  private final int heads;
  private final int contextValues;

  public GeneralLayer(AttentionParameters layer) {
    this.layer = layer;
    this.heads = layer.heads();
    this.contextValues = layer.contexts() * layer.width();
  }

  /** What a forward call on a batch should give. */
  public Result of(Batch in) {
    int positions = in.positions();
    Result result =
        new Result(
            new double[positions * heads],
            new double[positions * heads],
            new double[in.batch() * contextValues],
            new double[in.batch() * layer.logitCount()]);
    Arrays.fill(result.scores, Double.NEGATIVE_INFINITY);
    for (int b = 0; b < in.batch(); b++) {
      pool(in, b, result);
    }
    return result;
  }

  private void pool(Batch in, int sequence, Result result) {
    int begin = in.begin(sequence);
    int steps = in.end(sequence) - begin;
    double[][] scores = new double[steps][];
    double[][] values = new double[steps][];
    for (int t = 0; t < steps; t++) {
      if (in.kept(begin + t)) {
        double[] x = in.row(begin + t);
        double[] row = StageFormula.apply(layer.rows(), x, t);
        scores[t] = scores(row, in.query(sequence), t);
        for (int head = 0; head < heads; head++) {
          scores[t][head] += in.bias(heads, head, sequence, begin + t);
        }
        values[t] = layer.poolsInput() ? x : StageFormula.apply(layer.values(), row, t);
      }
    }
    double[][] weights = weights(scores);
    for (int t = 0; t < steps; t++) {
      for (int head = 0; scores[t] != null && head < heads; head++) {
        int at = in.index(heads, head, sequence, begin + t);
        result.scores[at] = scores[t][head];
        result.weights[at] = weights[t][head];
      }
    }
    double[] contexts = contexts(weights, values);
    System.arraycopy(contexts, 0, result.context, sequence * contextValues, contextValues);
    if (layer.logitCount() > 0) {
      double[] logits = logits(contexts);
      System.arraycopy(logits, 0, result.logits, sequence * logits.length, logits.length);
    }
  }

  private double[] scores(double[] row, float[] query, int place) {
    double[] units = row;
    boolean asks = query.length > 0;
    for (Step step : layer.hidden()) {
      units = StageFormula.apply(step, units, place);
      if (asks && step instanceof Linear) {
        double[] given = new double[query.length];
        Arrays.setAll(given, i -> query[i]);
        double[] term = StageFormula.apply(layer.query(), given, 0);
        for (int d = 0; d < units.length; d++) {
          units[d] += term[d];
        }
        asks = false;
      }
    }
    if (!layer.gate().isEmpty()) {
      double[] gate = StageFormula.apply(layer.gate(), row, place);
      double[] open = units;
      units = new double[gate.length];
      Arrays.setAll(units, d -> open[d] * gate[d]);
    }
    return StageFormula.apply(layer.score(), units, place);
  }

  /** exp(e) / (Σ exp(e) + ε) per head; null for rows that take no part. */
  private double[][] weights(double[][] scores) {
    double[][] weights = new double[scores.length][];
    for (int head = 0; head < heads; head++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (double[] e : scores) {
        largest = e == null ? largest : Math.max(largest, e[head]);
      }
      double sum = layer.softmaxEpsilon() * Math.exp(-largest);
      for (double[] e : scores) {
        sum += e == null ? 0 : Math.exp(e[head] - largest);
      }
      for (int t = 0; t < scores.length; t++) {
        if (scores[t] != null) {
          weights[t] = weights[t] == null ? new double[heads] : weights[t];
          weights[t][head] = Math.exp(scores[t][head] - largest) / sum;
        }
      }
    }
    return weights;
  }

  private double[] contexts(double[][] weights, double[][] values) {
    double[] contexts = new double[contextValues];
    if (Arrays.stream(weights).allMatch(each -> each == null)) {
      return contexts;
    }
    int width = layer.valueWidth();
    for (int context = 0; context < layer.contexts(); context++) {
      for (int i = 0; i < width; i++) {
        int head = layer.isPerChannel() ? i : context;
        double mean = 0;
        double square = 0;
        for (int t = 0; t < values.length; t++) {
          if (values[t] != null) {
            mean += weights[t][head] * values[t][i];
            square += weights[t][head] * values[t][i] * values[t][i];
          }
        }
        contexts[context * layer.width() + i] = mean;
        if (layer.hasStandardDeviation()) {
          double variance = Math.max(square - mean * mean, layer.minVariance());
          contexts[context * layer.width() + width + i] = Math.sqrt(variance);
        }
      }
    }
    return contexts;
  }

  private double[] logits(double[] contexts) {
    List<Step> steps = layer.output();
    double[] taken = contexts;
    if (layer.headCombination() == HeadCombination.MEAN) {
      taken = mean(contexts);
    } else if (layer.headCombination() == HeadCombination.PER_HEAD) {
      taken = perHead((Linear) steps.getFirst(), contexts);
      steps = steps.subList(1, steps.size());
    }
    return StageFormula.apply(steps, taken, 0);
  }

  private double[] mean(double[] contexts) {
    double[] mean = new double[layer.width()];
    for (int i = 0; i < contexts.length; i++) {
      mean[i % mean.length] += contexts[i] / layer.contexts();
    }
    return mean;
  }

  private double[] perHead(Linear map, double[] contexts) {
    double[] values = new double[layer.contexts()];
    Affine rows = new Affine(map);
    float[] bias = map.bias().orElseGet(() -> new float[values.length]);
    for (int r = 0; r < values.length; r++) {
      values[r] = bias[r];
      for (int i = 0; i < layer.width(); i++) {
        values[r] += rows.weight(r, i) * contexts[r * layer.width() + i];
      }
    }
    return values;
  }
}
