package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Reference;
import io.github.attnpool.testkit.Result;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests' own reference against PyTorch: both are float64, so they agree almost entirely. */
class ReferenceTest {
  /** Some thousand roundings of 2^-53, and scores of 1e4, whose roundings the softmax exposes. */
  private static final double TOLERANCE = 1e-11;

  static List<String> cases() {
    return ParityCase.names();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithPyTorch(String name) {
    ParityCase parity = ParityCase.load(name);
    Result actual = Reference.of(parity.parameters(), parity.batch()).result();
    assertClose("scores", parity.expected().scores, actual.scores);
    assertClose("weights", parity.expected().weights, actual.weights);
    assertClose("context", parity.expected().context, actual.context);
    assertClose("logits", parity.expected().logits, actual.logits);
  }

  @Test
  void headsStandWherePooledHasThem() {
    // Two heads, of which the second has the first one's scores negated; rows 1 and 3.
    AttentionParameters parameters =
        AttentionParameters.linear(Linear.of(2, 1, new float[] {1, -1}));
    Batch padded = Batch.padded(new float[] {1, 3, 1, 3}, 2, 2, 1);
    Batch ragged = Batch.ragged(new float[] {1, 3, 1, 3}, 1, 0, 2, 4);
    Assertions.assertArrayEquals(
        new double[] {1, 3, -1, -3, 1, 3, -1, -3},
        Reference.of(parameters, padded).result().scores);
    Assertions.assertArrayEquals(
        new double[] {1, 3, 1, 3, -1, -3, -1, -3},
        Reference.of(parameters, ragged).result().scores);
    double high = (1 + 3 * Math.exp(2)) / (1 + Math.exp(2));
    double low = (1 + 3 * Math.exp(-2)) / (1 + Math.exp(-2));
    Assertions.assertArrayEquals(
        new double[] {high, low, high, low},
        Reference.of(parameters, padded).result().context,
        1e-15);
  }

  /** To {@link #TOLERANCE}, relative in the 2-norm; infinite values exactly. */
  static void assertClose(String what, double[] expected, double[] actual) {
    Assertions.assertEquals(expected.length, actual.length, what);
    double[] difference = new double[expected.length];
    double[] size = new double[expected.length];
    for (int i = 0; i < expected.length; i++) {
      if (Double.isInfinite(expected[i])) {
        Assertions.assertEquals(expected[i], actual[i], what);
      } else {
        difference[i] = actual[i] - expected[i];
        size[i] = expected[i];
      }
    }
    double error = Agreement.norm(difference);
    assertTrue(
        error <= TOLERANCE * Agreement.norm(size),
        () -> what + " differ by " + error / Agreement.norm(size));
  }
}
