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
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Results that leave no room for rounding. */
class ExactResultsTest {
  private static final int[] WIDTHS = {1, 2, 7, 8, 15, 16, 17, 31, 33, 64, 100, 257, 768};

  static Stream<Arguments> variantsAndWidths() {
    return variants().stream()
        .flatMap(v -> Arrays.stream(WIDTHS).mapToObj(width -> Arguments.of(v, width)));
  }

  static List<Variant> variants() {
    return Variant.available();
  }

  @Test
  void bothBackendsAreTested() {
    List<String> backends = variants().stream().map(Variant::backend).distinct().toList();
    assertEquals(List.of("onednn", "jvm"), backends, "what is available here, best first");
  }

  @ParameterizedTest(name = "{0}, {1} wide")
  @MethodSource("variantsAndWidths")
  void theOnlyRowIsTheContext(Variant variant, int width) {
    float[] x = uniform(width, 17 * width);
    try (AttentionPooling layer = variant.open(additive(width))) {
      for (int only = 0; only < 17; only++) {
        boolean[] keep = new boolean[17];
        keep[only] = true;
        Run run = Run.of(layer, Batch.padded(x, 1, 17, width).withKeep(keep));
        float[] row = Arrays.copyOfRange(x, only * width, (only + 1) * width);
        assertEquals(1f, run.weights[only]);
        assertArrayEquals(row, run.context);
        assertArrayEquals(row, layer.pool(row, 1));
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1} wide")
  @MethodSource("variantsAndWidths")
  void aPowerOfTwoOfEqualRowsIsThatRow(Variant variant, int width) {
    // Weights of 2^-n are exact, and so is each partial sum of equal rows that are multiples of
    // 2^-8 below 1: 64 of them need 8 + 6 bits and 6 more for the weight, of the 24 there are.
    float[] row = uniform(width, width);
    for (int h = 0; h < width; h++) {
      row[h] = Math.round(row[h] * 256) / 256f;
    }
    for (int rows : new int[] {1, 2, 4, 64}) {
      float[] x = new float[rows * width];
      for (int i = 0; i < x.length; i++) {
        x[i] = row[i % width];
      }
      try (AttentionPooling layer = variant.open(additive(width))) {
        Run run = Run.of(layer, Batch.padded(x, 1, rows, width));
        float[] weights = new float[rows];
        Arrays.fill(weights, 1f / rows);
        assertArrayEquals(weights, run.weights);
        assertArrayEquals(row, run.context);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void farApartScoresTakeOneRow(Variant variant) {
    // exp(-2e4) is 0 in float32 and in float64.
    AttentionParameters parameters =
        AttentionParameters.linear(Linear.of(1, 2, new float[] {1e4f, 0}));
    float[] x = {-1, 5, 1, 7, -1, 9};
    try (AttentionPooling layer = variant.open(parameters)) {
      Run run = Run.of(layer, Batch.padded(x, 1, 3, 2));
      assertArrayEquals(new float[] {-1e4f, 1e4f, -1e4f}, run.scores);
      assertArrayEquals(new float[] {0, 1, 0}, run.weights);
      assertArrayEquals(new float[] {1, 7}, run.context);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void epsilonBesideExponentsOfAnySize(Variant variant) {
    // One row a sequence, whose value is its score e: the weight is exp(e) / (exp(e) + epsilon).
    float epsilon = 1e-7f;
    float[] x = {-2000, -200, -16, 0, 80, 2000};
    AttentionParameters parameters =
        AttentionParameters.linear(Linear.of(1, 1, new float[] {1})).withSoftmaxEpsilon(epsilon);
    try (AttentionPooling layer = variant.open(parameters)) {
      Run run = Run.of(layer, Batch.padded(x, x.length, 1, 1));
      for (int b = 0; b < x.length; b++) {
        float weight = (float) (1 / (1 + epsilon * Math.exp(-x[b])));
        assertEquals(weight, run.weights[b], weight * 1e-6f, "weight of a score of " + x[b]);
        assertEquals(weight * x[b], run.context[b], Math.abs(weight * x[b]) * 1e-6f);
      }
      assertEquals(0f, run.weights[0]);
      assertEquals(1f, run.weights[5]);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void noSequenceAndNoRow(Variant variant) {
    try (AttentionPooling layer = variant.open(additive(7))) {
      assertEquals(0, Run.of(layer, Batch.ragged(new float[0], 7, 0)).context.length);
      assertEquals(0, Run.of(layer, Batch.padded(new float[0], 0, 5, 7)).context.length);
      Run run = Run.of(layer, Batch.padded(new float[0], 3, 0, 7));
      assertArrayEquals(new float[21], run.context);
    }
  }

  private static AttentionParameters additive(int width) {
    return AttentionParameters.additive(
        Linear.of(9, width, uniform(3, 9 * width), uniform(4, 9)),
        Linear.of(1, 9, uniform(5, 9), new float[] {.25f}));
  }

  private static float[] uniform(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    return values;
  }
}
