package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Output;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Result;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whether a run agrees with float64 results: each output, sequence by sequence and head by head, in
 * the 2-norm, to the variant's relative tolerance or what {@link RoundingBounds} derives.
 */
public final class Agreement {
  /** Of a term of a logit: one rounding of the context's value, and one of the product. */
  private static final double TERM_ROUNDING = 0x1p-23;

  private final String where;
  private final Variant variant;
  private final AttentionParameters parameters;
  private final Batch batch;
  private final Result expected;
  private final Reference reference; // null: rows are pooled as they are
  private final boolean toTerms;
  private final Map<Output, Double> worst = new EnumMap<>(Output.class);

  private Agreement(
      String where,
      Variant variant,
      AttentionParameters parameters,
      Batch batch,
      Result expected,
      Reference reference,
      boolean toTerms) {
    this.where = where;
    this.variant = variant;
    this.parameters = parameters;
    this.batch = batch;
    this.expected = expected;
    this.reference = reference;
    this.toTerms = toTerms;
  }

  /** Errors relative to the results themselves, of parameters without an input projection. */
  static Agreement relativeToResults(
      Variant variant, AttentionParameters parameters, Batch batch, Result expected) {
    String where = variant.toString();
    return new Agreement(where, variant, parameters, batch, expected, null, false);
  }

  /**
   * Errors relative to the results themselves.
   *
   * @param batch its name, for messages
   * @param expected the reference's results, or closer ones
   */
  static Agreement relativeToResults(
      Variant variant, String batch, Reference reference, Result expected) {
    return new Agreement(
        variant + ", batch " + batch,
        variant,
        reference.parameters(),
        reference.batch(),
        expected,
        reference,
        false);
  }

  /**
   * Errors relative to the absolute sums of the terms that the results add up, for inputs whose
   * terms may cancel to any degree.
   */
  public static Agreement relativeToTerms(Variant variant, Reference reference) {
    return new Agreement(
        variant.toString(),
        variant,
        reference.parameters(),
        reference.batch(),
        reference.result(),
        reference,
        true);
  }

  /**
   * Whether sums that make scores are counted in the weights too. In F32 weights are close without;
   * but a projected row that is next to a tie may be rounded to the other bfloat16.
   */
  private boolean countsSumsInWeights() {
    return variant.precision() == Precision.BF16
        && PlainLayer.of(parameters).projection().isPresent();
  }

  /**
   * Fails on the first disagreement.
   *
   * @return the largest relative error of each output, over the sequences that the relative
   *     tolerance bounds
   */
  public Map<Output, Double> check(Run run) {
    for (int b = 0; b < batch.batch(); b++) {
      for (int r = 0; r < parameters.heads(); r++) {
        checkNotKept(run, b, r);
        if (batch.count(b) > 0) {
          checkRows(run, b, r);
        }
      }
      if (parameters.logitCount() > 0) {
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
        String row = where + ", position " + position;
        assertEquals(0f, run.weights[i], row + ": weight of a masked row");
        assertEquals(Float.NEGATIVE_INFINITY, run.scores[i], row + ": score of a masked row");
      }
    }
    if (batch.count(b) == 0) {
      for (int h = 0; h < parameters.width(); h++) {
        int i = contextStart(b, r) + h;
        assertEquals(0f, run.context[i], where + ": context of the empty sequence " + b);
      }
    }
  }

  private void checkRows(Run run, int b, int r) {
    int[] positions = IntStream.range(batch.begin(b), batch.end(b)).filter(batch::kept).toArray();
    int[] rows =
        Arrays.stream(positions)
            .map(position -> batch.index(parameters.heads(), r, b, position))
            .toArray();
    double[] scores = pick(expected.scores, rows);
    double[] weights = pick(expected.weights, rows);
    double[] sums =
        reference == null ? new double[rows.length] : pick(reference.scoreRoundings(), rows);
    RoundingBounds rounding =
        new RoundingBounds(
            variant,
            parameters,
            r,
            scores,
            weights,
            countsSumsInWeights() ? sums : new double[rows.length]);

    // A row alone may have a score that is all but nothing, of terms that are not.
    double scoresSize = norm(toTerms ? pick(reference.scoreMagnitudes(), rows) : scores);
    double scoresRounding = variant.isDouble() ? 0 : norm(sums);
    bound(
        Output.SCORES,
        b,
        difference(run.scores, scores, rows),
        scoresSize,
        scoresRounding,
        rounding.scores());

    double weightsSize = norm(weights);
    double weightsRounding = rounding.weights();
    bound(
        Output.WEIGHTS, b, difference(run.weights, weights, rows), weightsSize, weightsRounding, 0);

    double[] rowNorms = Arrays.stream(positions).mapToDouble(this::rowNorm).toArray();
    int[] columns =
        IntStream.range(0, parameters.width()).map(h -> contextStart(b, r) + h).toArray();
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
        toTerms ? terms : norm(context),
        rounded ? rounding.context(rowNorms) : 0,
        rounding.contextSpacing());
  }

  private void checkLogits(Run run, int b) {
    int outputs = parameters.logitCount();
    int[] columns = IntStream.range(b * outputs, (b + 1) * outputs).toArray();
    double[] logits = pick(expected.logits, columns);
    double terms = reference == null ? 0 : norm(pick(reference.logitMagnitudes(), columns));
    double size = toTerms ? terms : norm(logits);
    double rounding = variant.isDouble() ? 0 : TERM_ROUNDING * terms;
    bound(Output.LOGITS, b, difference(run.logits, logits, columns), size, rounding, 0);
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
              where,
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
    return (b * parameters.heads() + r) * parameters.width();
  }

  private double rowNorm(int position) {
    return norm(reference == null ? batch.row(position) : reference.row(position));
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
