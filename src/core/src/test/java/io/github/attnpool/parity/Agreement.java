package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Output;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whether a run agrees with float64 results: each output, sequence by sequence and head by head, in
 * the 2-norm, to the variant's relative tolerance or what {@link RoundingBounds} derives.
 */
final class Agreement {
  private final Variant variant;
  private final AttentionParameters parameters;
  private final Batch batch;
  private final Result expected;
  private final double[] scoreSize; // null: the scores themselves
  private final Map<Output, Double> worst = new EnumMap<>(Output.class);

  private Agreement(
      Variant variant,
      AttentionParameters parameters,
      Batch batch,
      Result expected,
      double[] scoreSize) {
    this.variant = variant;
    this.parameters = parameters;
    this.batch = batch;
    this.expected = expected;
    this.scoreSize = scoreSize;
  }

  /** Errors relative to the results themselves. */
  static Agreement relativeToResults(
      Variant variant, AttentionParameters parameters, Batch batch, Result expected) {
    return new Agreement(variant, parameters, batch, expected, null);
  }

  /**
   * Errors relative to the absolute sums of the terms that the results add up, for inputs whose
   * terms may cancel to any degree.
   */
  static Agreement relativeToTerms(
      Variant variant, AttentionParameters parameters, Batch batch, Reference reference) {
    return new Agreement(
        variant, parameters, batch, reference.result(), reference.scoreMagnitudes());
  }

  /**
   * Fails on the first disagreement.
   *
   * @return the largest relative error of each output, over the sequences that the relative
   *     tolerance bounds
   */
  Map<Output, Double> check(Run run) {
    for (int b = 0; b < batch.batch(); b++) {
      for (int r = 0; r < parameters.heads(); r++) {
        checkNotKept(run, b, r);
        if (batch.count(b) > 0) {
          checkRows(run, b, r);
        }
      }
      if (parameters.outputs() > 0) {
        checkLogits(run, b);
      }
    }
    return worst;
  }

  /** Rows that are not kept, and the context of an empty sequence, are exact. */
  private void checkNotKept(Run run, int b, int r) {
    for (int position = batch.begin(b); position < batch.end(b); position++) {
      if (!batch.kept(position)) {
        int i = batch.index(parameters.heads(), r, b, position);
        String where = variant + ", position " + position;
        assertEquals(0f, run.weights[i], where + ": weight of a masked row");
        assertEquals(Float.NEGATIVE_INFINITY, run.scores[i], where + ": score of a masked row");
      }
    }
    if (batch.count(b) == 0) {
      for (int h = 0; h < batch.width(); h++) {
        int i = contextStart(b, r) + h;
        assertEquals(0f, run.context[i], variant + ": context of the empty sequence " + b);
      }
    }
  }

  private void checkRows(Run run, int b, int r) {
    int[] positions = IntStream.range(batch.begin(b), batch.end(b)).filter(batch::kept).toArray();
    int[] rows =
        Arrays.stream(positions)
            .map(position -> batch.index(parameters.heads(), r, b, position))
            .toArray();
    RoundingBounds rounding =
        new RoundingBounds(
            variant, parameters, r, pick(expected.scores, rows), pick(expected.weights, rows));

    double[] scores = pick(expected.scores, rows);
    double scoresSize = norm(scoreSize == null ? scores : pick(scoreSize, rows));
    bound(Output.SCORES, b, difference(run.scores, scores, rows), scoresSize, 0, rounding.scores());

    double[] weights = pick(expected.weights, rows);
    double weightsSize = norm(weights);
    double weightsRounding = rounding.weights();
    bound(
        Output.WEIGHTS, b, difference(run.weights, weights, rows), weightsSize, weightsRounding, 0);

    double[] rowNorms = Arrays.stream(positions).mapToDouble(this::rowNorm).toArray();
    int[] columns = IntStream.range(0, batch.width()).map(h -> contextStart(b, r) + h).toArray();
    double[] context = pick(expected.context, columns);
    double terms = 0;
    for (int t = 0; t < rows.length; t++) {
      terms += weights[t] * rowNorms[t];
    }
    boolean rounded = weightsRounding > variant.tolerance() * weightsSize;
    bound(
        Output.CONTEXT,
        b,
        difference(run.context, context, columns),
        scoreSize == null ? norm(context) : terms,
        rounded ? rounding.context(rowNorms) : 0,
        rounding.contextSpacing(batch.width()));
  }

  private void checkLogits(Run run, int b) {
    int outputs = parameters.outputs();
    int[] columns = IntStream.range(b * outputs, (b + 1) * outputs).toArray();
    double[] logits = pick(expected.logits, columns);
    int size = parameters.heads() * batch.width();
    double[] context = Arrays.copyOfRange(expected.context, b * size, (b + 1) * size);
    double[] sizes =
        scoreSize == null
            ? logits
            : new Affine(parameters.output().orElseThrow()).magnitude(context);
    bound(Output.LOGITS, b, difference(run.logits, logits, columns), norm(sizes), 0, 0);
  }

  /** Checks {@code error <= max(tolerance * size, rounding) + spacing}. */
  private void bound(
      Output output, int b, double error, double size, double rounding, double spacing) {
    double relative = variant.tolerance() * size;
    if (!(error <= Math.max(relative, rounding) + spacing)) {
      fail(
          String.format(
              Locale.ROOT,
              "%s: %s of sequence %d is off by %.3g, %.3g of its size %.3g;"
                  + " allowed are %.3g, or %.3g by rounding, and %.3g by spacing",
              variant,
              output,
              b,
              error,
              error / size,
              size,
              relative,
              rounding,
              spacing));
    }
    if (rounding <= relative && spacing <= relative && size > 0) {
      worst.merge(output, error / size, Math::max);
    }
  }

  private int contextStart(int b, int r) {
    return (b * parameters.heads() + r) * batch.width();
  }

  private double rowNorm(int position) {
    double[] row = new double[batch.width()];
    Arrays.setAll(row, h -> batch.x(position, h));
    return norm(row);
  }

  private static double[] pick(double[] values, int[] indices) {
    return Arrays.stream(indices).mapToDouble(i -> values[i]).toArray();
  }

  private static double difference(float[] actual, double[] expected, int[] indices) {
    double[] difference = new double[indices.length];
    Arrays.setAll(difference, i -> actual[indices[i]] - expected[i]);
    return norm(difference);
  }

  static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }
}
