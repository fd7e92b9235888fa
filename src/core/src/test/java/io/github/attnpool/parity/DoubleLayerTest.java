package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.DoubleLayer;
import io.github.attnpool.testkit.DoubleMap;
import io.github.attnpool.testkit.DoubleState;
import io.github.attnpool.testkit.RandomForms;
import io.github.attnpool.testkit.RowFormula;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The test kit's fast float64 reference against its slow one. */
class DoubleLayerTest {
  private static final double TOLERANCE = 1e-12;

  @Test
  void scoresAndPooledRowsAreTheFormulas() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      AttentionParameters parameters = RandomForms.parameters(random);
      double[][] x = new double[DoubleMap.ROWS][parameters.inputWidth()];
      for (double[] row : x) {
        Arrays.setAll(row, i -> random.nextFloat(-1, 1));
      }
      float[] query =
          new float[PlainLayer.of(parameters).query().isPresent() ? parameters.queryWidth() : 0];
      double[] asked = new double[query.length];
      for (int i = 0; i < query.length; i++) {
        query[i] = random.nextFloat(-1, 1);
        asked[i] = query[i];
      }
      DoubleLayer layer = new DoubleLayer(parameters);
      double[][] rows = layer.rows(x);
      double[][] scores = layer.scores(rows, layer.term(asked));
      RowFormula formula = new RowFormula(parameters, Precision.F32);
      for (int row = 0; row < x.length; row++) {
        RowFormula.Scored expected = formula.apply(x[row], query);
        String what = "seed " + seed + ", row " + row;
        assertClose(expected.row, rows[row], what);
        assertClose(expected.scores, scores[row], what);
      }
    }
  }

  private static void assertClose(double[] expected, double[] actual, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], TOLERANCE * (1 + Math.abs(expected[i])), what);
    }
  }

  @Test
  void mergedStatesAreOneSoftmax() {
    double[][] rows = {{1, -2}, {3, 5}, {-4, 0.5}};
    double[] scores = {0.5, -3, 7};
    double sum = Math.exp(0.5) + Math.exp(-3) + Math.exp(7);
    DoubleState whole = new DoubleState(1, 2);
    for (int row = 2; row >= 0; row--) {
      DoubleState part = new DoubleState(1, 2);
      part.add(new double[] {scores[row]}, rows[row]);
      whole.merge(part);
    }
    double[] context = new double[2];
    whole.context(0, context, 0);
    for (int i = 0; i < 2; i++) {
      double expected = 0;
      for (int row = 0; row < 3; row++) {
        assertEquals(Math.exp(scores[row]) / sum, whole.weight(0, scores[row]), TOLERANCE);
        expected += Math.exp(scores[row]) / sum * rows[row][i];
      }
      assertEquals(expected, context[i], TOLERANCE);
    }
  }
}
