package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Linear;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers that the tests of other projects publish for the layer or its softmax. */
class PublishedCasesTest {
  private static final double TOLERANCE = 1e-5;

  /** The linear form with w = 1: rows of width one are their own scores. */
  private static final AttentionParameters SCORES_ARE_ROWS =
      AttentionParameters.linear(Linear.of(1, 1, new float[] {1}));

  static List<Variant> variants() {
    return Variant.available();
  }

  /** AllenNLP, test of AdditiveAttention: tanh(q·W + m·U)·v, so that our maps are theirs turned. */
  @ParameterizedTest
  @MethodSource("variants")
  void allenNlpAdditiveAttention(Variant variant) {
    assertAllenNlpScores(
        variant,
        new float[] {.7f, -.8f},
        new float[] {1, -1, 3, .5f, -.3f, 0, .2f, -1, 1, .7f, .8f, -1},
        1.975072,
        -0.04997836,
        1.2176098,
        -0.9205586);
    assertAllenNlpScores(
        variant,
        new float[] {.4f, .9f},
        new float[] {-2, 3, -3, .6f, .2f, 2, .5f, -.4f, -1, .2f, .2f, 0},
        -1.4851665,
        1.489604,
        -1.890285,
        -1.0672251);
  }

  private static void assertAllenNlpScores(
      Variant variant, float[] query, float[] rows, double... scores) {
    // Published: W = [[-.2, .3], [-.5, .5]], U = [[0, 1], [1, 1], [1, -1]], v = [1, -1].
    AttentionParameters term =
        AttentionParameters.additive(
            Linear.of(2, 3, new float[] {0, 1, 1, 1, 1, -1}), Linear.of(1, 2, new float[] {1, -1}));
    Batch batch = Batch.padded(rows, 1, 4, 3);
    AttentionParameters map = term.withQuery(Linear.of(2, 2, new float[] {-.2f, -.5f, .3f, .5f}));
    try (AttentionPooling layer = variant.open(map)) {
      assertClose(scores, Run.of(layer, batch.withQueries(query)).scores, TOLERANCE);
      assertClose(scores, Run.fromKeys(layer, batch.withQueries(query)).scores, TOLERANCE);
    }
    float[] fromQuery = {
      -.2f * query[0] - .5f * query[1], .3f * query[0] + .5f * query[1],
    };
    assertClose(scores, run(variant, term, batch.withQueries(fromQuery)).scores, TOLERANCE);
  }

  /** AllenNLP, tests of masked_softmax. */
  @ParameterizedTest
  @MethodSource("variants")
  void allenNlpMaskedSoftmax(Variant variant) {
    assertMaskedSoftmax(
        variant, new float[] {1, 2, 5}, new boolean[] {true, false, true}, .01798621, 0, .98201382);
    assertMaskedSoftmax(
        variant,
        new float[] {0, 2, 3, 4},
        new boolean[] {true, false, true, true},
        .01321289,
        0,
        .26538793,
        .72139918);
    assertMaskedSoftmax(
        variant, new float[] {1, 1, 1e5f}, new boolean[] {true, true, false}, .5, .5, 0);
    assertMaskedSoftmax(variant, new float[] {1, 3, 5, 7}, new boolean[4], 0, 0, 0, 0);
  }

  private static void assertMaskedSoftmax(
      Variant variant, float[] scores, boolean[] keep, double... weights) {
    Batch batch = Batch.padded(scores, 1, scores.length, 1).withKeep(keep);
    assertClose(weights, run(variant, SCORES_ARE_ROWS, batch).weights, TOLERANCE);
  }

  /** PyTorch Geometric, test of softmax over segments given by pointers. */
  @ParameterizedTest
  @MethodSource("variants")
  void pyTorchGeometricSegments(Variant variant) {
    Batch batch = Batch.ragged(new float[] {1, 1, 1, 1}, 1, 0, 2, 3, 4);
    float[] weights = run(variant, SCORES_ARE_ROWS, batch).weights;
    assertClose(new double[] {.5, .5, 1, 1}, weights, TOLERANCE);
  }

  /**
   * Keras, test of AdditiveAttention: scores Σ tanh(q + k), and values apart from the keys. The
   * query is its own term. A row is key and value side by side, of which W takes the key and the
   * context's second half counts.
   */
  @ParameterizedTest
  @MethodSource("variants")
  void kerasAdditiveAttention(Variant variant) {
    AttentionParameters parameters =
        AttentionParameters.additive(
            Linear.of(2, 4, new float[] {1, 0, 0, 0, 0, 1, 0, 0}),
            Linear.of(1, 2, new float[] {1, 1}));
    Batch batch = Batch.padded(new float[] {0, 1, 1, 2, 1, 0, 3, 4}, 1, 2, 4).withQueries(1, 0);
    Run run = run(variant, parameters, batch);
    assertClose(new double[] {.636, .363}, run.weights, 1e-3);
    assertClose(new double[] {1.727, 2.727}, Arrays.copyOfRange(run.context, 2, 4), 1e-3);
  }

  /** One row: its weight is 1 and the context is that row, exactly. */
  @ParameterizedTest
  @MethodSource("variants")
  void oneRow(Variant variant) {
    float[] row = {1.1f, -2.7f, 1e-42f, 3.4e38f, Float.MIN_VALUE};
    float[] w = {.3f, -.7f, .1f, 0, .2f};
    AttentionParameters linear = AttentionParameters.linear(Linear.of(1, 5, w));
    Run run = run(variant, linear, Batch.padded(row, 1, 1, 5));
    assertEquals(1f, run.weights[0]);
    assertArrayEquals(row, run.context);
  }

  private static void assertClose(double[] expected, float[] actual, double tolerance) {
    double[] widened = new double[actual.length];
    Arrays.setAll(widened, i -> actual[i]);
    assertArrayEquals(expected, widened, tolerance);
  }

  private static Run run(Variant variant, AttentionParameters parameters, Batch batch) {
    try (AttentionPooling layer = variant.open(parameters)) {
      return Run.of(layer, batch);
    }
  }
}
