package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import io.github.attnpool.Plan;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of special values in the core's README, for every way to compute the layer. */
class SpecialValuesTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;
  private static final int WIDTH = 2;
  private static final int HEADS = 2;
  private static final float G = 0.25f; // bias of the output layer

  /** From one row on, with and without rows beside a vector, and with several blocks. */
  private static final int[] LENGTHS = {0, 5, 17, 67, 700};

  /**
   * A row of the table.
   *
   * @param hidden whether scores are a·tanh(x₀ + x₁), else a·x₀
   * @param a of the first head; the second has half of it
   * @param rows repeated up to any length
   * @param weights of the first head and these rows
   * @param context of the first head and these rows
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Case(
      String name, boolean hidden, float a, float[][] rows, float[] weights, float[] context) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case linear(
      String name, float a, float[][] rows, float[] weights, float[] context) {
    return new Case(name, false, a, rows, weights, context);
  }

  private static Case hidden(
      String name, float a, float[][] rows, float[] weights, float[] context) {
    return new Case(name, true, a, rows, weights, context);
  }

  private static float[] f(float... values) {
    return values;
  }

  private static float[][] rows(float[]... rows) {
    return rows;
  }

  private static final List<Case> TABLE =
      List.of(
          linear("NaN where it is scored", 1, rows(f(0, 1), f(NAN, 2)), f(NAN, NAN), f(NAN, NAN)),
          linear("NaN elsewhere", 1, rows(f(0, 1), f(1, NAN)), f(NAN, NAN), f(NAN, NAN)),
          linear("all scores −∞", 1, rows(f(-INF, 1), f(-INF, 2)), f(0, 0), f(0, 0)),
          linear("one score −∞", 1, rows(f(-INF, 1), f(1, 2)), f(0, 1), f(1, 2)),
          linear("one score +∞", 1, rows(f(INF, 1), f(1, 2)), f(NAN, NAN), f(NAN, NAN)),
          linear("scores +∞", 1, rows(f(INF, 1), f(INF, 2)), f(NAN, NAN), f(NAN, NAN)),
          linear("scores ±∞", 1, rows(f(INF, 1), f(-INF, 2)), f(NAN, NAN), f(NAN, NAN)),
          linear("overflow to +∞", 3e38f, rows(f(4, 1), f(1, 2)), f(NAN, NAN), f(NAN, NAN)),
          linear("overflow to −∞", 3e38f, rows(f(-4, 1), f(1, 2)), f(0, 1), f(1, 2)),
          linear("scores ±3e38", 3e38f, rows(f(1, 1), f(-1, 2)), f(1, 0), f(1, 1)),
          linear("rows 3e38", 0, rows(f(3e38f, 1), f(3e38f, 3)), f(0.5f, 0.5f), f(3e38f, 2)),
          linear("rows ±3e38", 0, rows(f(3e38f, 1), f(-3e38f, 3)), f(0.5f, 0.5f), f(0, 2)),
          linear("rows ±1e20", 0, rows(f(1e20f, 1), f(-1e20f, 3)), f(0.5f, 0.5f), f(0, 2)),
          hidden("a row +∞", 2, rows(f(0, INF), f(0, 20)), f(0.5f, 0.5f), f(0, INF)),
          hidden("rows ±∞", 0, rows(f(0, INF), f(0, -INF)), f(0.5f, 0.5f), f(0, NAN)),
          hidden("−∞, weight 0", 400, rows(f(0, -INF), f(0, 20)), f(0, 1), f(0, 20)));

  static Stream<Arguments> waysAndCases() {
    return ways().stream().flatMap(way -> TABLE.stream().map(row -> Arguments.of(way, row)));
  }

  static List<Variant> ways() {
    return Stream.concat(
            Variant.offered().stream(), Variant.bfloat16(1).stream().filter(Variant::isOffered))
        .toList();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("waysAndCases")
  void isAsTheTableSays(Variant variant, Case row) {
    try (AttentionPooling layer = variant.open(parameters(row))) {
      for (int length : LENGTHS) {
        int steps = Math.max(length, row.rows.length);
        // Another sequence of the batch, and a masked row, which may hold anything.
        float[] x = new float[2 * (steps + 1) * WIDTH];
        boolean[] keep = new boolean[2 * (steps + 1)];
        Arrays.fill(keep, true);
        for (int t = 0; t < steps; t++) {
          System.arraycopy(row.rows[t % row.rows.length], 0, x, t * WIDTH, WIDTH);
        }
        x[steps * WIDTH] = NAN;
        keep[steps] = false;
        Run run = Run.of(layer, Batch.padded(x, 2, steps + 1, WIDTH).withKeep(keep));
        check(row, steps, run, row + " of " + steps + " rows");
        for (int i = HEADS * WIDTH; i < run.context.length; i++) {
          assertEquals(0, run.context[i], "the other sequence");
        }
      }
    }
  }

  static Stream<Arguments> momentsAndCases() {
    return waysAndCases()
        .filter(each -> ((Variant) each.get()[0]).plan() == Plan.FUSED || isJvm(each))
        .filter(each -> !((Variant) each.get()[0]).backend().equals("cuda")) // has no moments
        .flatMap(
            each ->
                Stream.of(Form.CHANNELS, Form.CHANNEL_MOMENTS, Form.HEAD_MOMENTS)
                    .map(form -> Arguments.of(form, each.get()[0], each.get()[1])));
  }

  private static boolean isJvm(Arguments each) {
    return ((Variant) each.get()[0]).backend().equals("jvm");
  }

  /** With a softmax per channel, the second head's weights are those of the second column. */
  @ParameterizedTest(name = "{0}, {1}, {2}", allowZeroInvocations = true)
  @MethodSource("momentsAndCases")
  void momentsAreAsTheTableSays(Form form, Variant variant, Case row) {
    AttentionParameters parameters = form.of(row);
    try (AttentionPooling layer = variant.open(parameters)) {
      for (int length : new int[] {0, 67, 700}) {
        int steps = Math.max(length, row.rows.length);
        float[] x = new float[steps * WIDTH];
        for (int t = 0; t < steps; t++) {
          System.arraycopy(row.rows[t % row.rows.length], 0, x, t * WIDTH, WIDTH);
        }
        float[] context = Run.of(layer, Batch.padded(x, 1, steps, WIDTH)).context;
        int values = form == Form.CHANNELS ? WIDTH : 2 * WIDTH;
        for (int i = 0; i < context.length; i++) {
          int column = i % WIDTH;
          int head = form == Form.HEAD_MOMENTS ? i / values : column;
          double[] weights = weights(row, head, steps);
          boolean isMean = i % values < WIDTH;
          double expected =
              isMean ? context(row, weights, column) : deviation(row, weights, column);
          String what = row + " of " + steps + " rows, " + i + " of " + Arrays.toString(context);
          assertNear(expected, context[i], largest(row, column), what);
        }
      }
    }
  }

  private enum Form {
    CHANNELS,
    CHANNEL_MOMENTS,
    HEAD_MOMENTS;

    AttentionParameters of(Case row) {
      AttentionParameters scored = scored(row);
      return switch (this) {
        case CHANNELS -> scored.withSoftmaxPerChannel();
        case CHANNEL_MOMENTS -> scored.withSoftmaxPerChannel().withStandardDeviation(0);
        case HEAD_MOMENTS -> scored.withStandardDeviation(0);
      };
    }
  }

  private static double largest(Case row, int column) {
    return Arrays.stream(row.rows)
        .mapToDouble(each -> Math.abs(each[column]))
        .filter(Double::isFinite)
        .max()
        .orElse(1);
  }

  private static void assertNear(double expected, float actual, double scale, String what) {
    boolean near =
        Double.isFinite(expected)
            ? Math.abs(actual - expected) <= 1e-6 * scale
            : Double.compare(expected, actual) == 0;
    assertTrue(near, () -> what + ": " + actual + ", must be " + expected);
  }

  private static void check(Case row, int steps, Run run, String what) {
    float[] sums = new float[HEADS];
    for (int head = 0; head < HEADS; head++) {
      double[] weights = weights(row, head, steps);
      for (int t = 0; t < steps; t++) {
        assertClose(weights[t], run.weights[head * (steps + 1) + t], 1, what + ", weight " + t);
      }
      assertEquals(0, run.weights[head * (steps + 1) + steps], "the masked row");
      for (int i = 0; i < WIDTH; i++) {
        float context = run.context[head * WIDTH + i];
        assertClose(context(row, weights, i), context, 3e38, what + ", context " + i);
        sums[head] += context * 1e-3f;
      }
    }
    assertClose(sums[0] + sums[1] + G, run.logits[0], 1e36, what + ", logit");
    if (steps == row.rows.length) { // the test's own formulas give what the table says
      for (int t = 0; t < steps; t++) {
        assertClose(row.weights[t], run.weights[t], 1, what + ", weight of the table");
      }
      for (int i = 0; i < WIDTH; i++) {
        assertClose(row.context[i], run.context[i], 3e38, what + ", context of the table");
      }
    }
  }

  /** In float64, but for the range of scores. */
  private static double[] weights(Case row, int head, int steps) {
    double[] e = new double[steps];
    double max = Double.NEGATIVE_INFINITY;
    for (int t = 0; t < steps; t++) {
      float[] x = row.rows[t % row.rows.length];
      float a = head == 0 ? row.a : row.a / 2;
      double score =
          row.hidden ? a * Math.tanh((double) x[0] + x[1]) : (double) a * x[0] + 0.0 * x[1];
      e[t] = Float.isInfinite((float) score) ? (float) score : score;
      max = Math.max(max, e[t]);
    }
    double sum = 0;
    for (int t = 0; t < steps; t++) {
      e[t] = max == Double.NEGATIVE_INFINITY ? 0 : Math.exp(e[t] - max);
      sum += e[t];
    }
    for (int t = 0; t < steps; t++) {
      e[t] = max == Double.NEGATIVE_INFINITY ? 0 : e[t] / sum;
    }
    return e;
  }

  private static double context(Case row, double[] weights, int column) {
    double sum = 0;
    for (int t = 0; t < weights.length; t++) {
      // Weights below the least normal F32 are 0, and then a row adds nothing.
      sum += weights[t] < Float.MIN_NORMAL ? 0 : weights[t] * row.rows[t % row.rows.length][column];
    }
    return sum;
  }

  private static double deviation(Case row, double[] weights, int column) {
    double mean = context(row, weights, column);
    double sum = 0;
    for (int t = 0; t < weights.length; t++) {
      double apart = row.rows[t % row.rows.length][column] - mean;
      sum += weights[t] < Float.MIN_NORMAL ? 0 : weights[t] * apart * apart;
    }
    return Math.sqrt(sum);
  }

  private static void assertClose(double expected, float actual, double scale, String what) {
    boolean close =
        Double.isFinite(expected)
            ? Math.abs(actual - expected) <= 1e-5 * Math.max(Math.abs(expected), scale / 1e3)
                || (Math.abs(expected) < 1e30 && Math.abs(actual - expected) <= 1e-4)
            : Double.compare(expected, actual) == 0;
    assertTrue(close, () -> what + ": " + actual + ", must be " + expected);
  }

  private static AttentionParameters scored(Case row) {
    return row.hidden
        ? AttentionParameters.additive(
            Linear.of(1, WIDTH, f(1, 1)), Linear.of(HEADS, 1, f(row.a, row.a / 2)))
        : AttentionParameters.linear(Linear.of(HEADS, WIDTH, f(row.a, 0, row.a / 2, 0)));
  }

  private static AttentionParameters parameters(Case row) {
    float[] weight = new float[HEADS * WIDTH];
    Arrays.fill(weight, 1e-3f);
    return scored(row).withOutput(Linear.of(1, HEADS * WIDTH, weight, f(G)));
  }

  @Test
  void aTemperatureThatOverflowsTheWeightsIsRefused() {
    AttentionParameters parameters =
        AttentionParameters.linear(Linear.of(1, WIDTH, f(0.1f, 0))).withTemperature(1e-40f);
    for (Variant variant : ways()) {
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> variant.builder(parameters).build().close());
      assertTrue(
          e.problem().contains("0.1 of the score stage divided by the temperature 1.0E-40 is"),
          e.problem());
    }
  }
}
