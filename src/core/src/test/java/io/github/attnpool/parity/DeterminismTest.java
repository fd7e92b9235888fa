package io.github.attnpool.parity;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.Batch;
import io.github.attnpool.testkit.Bits;
import io.github.attnpool.testkit.Run;
import io.github.attnpool.testkit.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fused plan's promise: the same bits for any number of threads, in repeated runs, from many
 * callers at once, and wherever a sequence stands in a batch. Batches are large enough for helper
 * threads to take part and for sequences to be cut into blocks.
 */
class DeterminismTest {
  private static final int MAX_THREADS = 8;
  private static final int WIDTH = 64;
  private static final int UNITS = 48;
  private static final long SEED = 20261122;
  private static final String TEXTBOOK = "textbook";

  /** One that each way through an engine is in: gate, heads, projection, query, epsilon, no W. */
  private static final List<String> FORMS =
      List.of(
          TEXTBOOK,
          "clam-mb",
          "lin2017-64-hops",
          "han-keras-small",
          "bahdanau",
          "seed-gelu",
          "seed-projected-linear",
          "seed-everything");

  static Stream<Arguments> formsAndFusedVariants() {
    List<Variant> variants = Variant.fused();
    return FORMS.stream().flatMap(form -> variants.stream().map(v -> Arguments.of(form, v)));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndFusedVariants")
  void anyNumberOfThreads(String form, Variant variant) {
    AttentionParameters parameters = parameters(form, 2);
    List<Batch> batches = batches(parameters);
    List<Run> expected;
    try (AttentionPooling layer = variant.open(parameters)) {
      expected = batches.stream().map(batch -> Run.of(layer, batch)).toList();
    }
    for (int threads = 2; threads <= MAX_THREADS; threads++) {
      try (AttentionPooling layer = variant.withThreads(threads).open(parameters)) {
        for (int b = 0; b < batches.size(); b++) {
          for (int run = 0; run < 3; run++) {
            Bits.assertSame(
                expected.get(b),
                Run.of(layer, batches.get(b)),
                " of batch " + b + " with " + threads + " threads, run " + run);
          }
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndFusedVariants")
  void aloneAsInTheBatch(String form, Variant variant) {
    AttentionParameters parameters = parameters(form, 1);
    try (AttentionPooling layer = variant.withThreads(3).open(parameters)) {
      for (Batch batch : batches(parameters)) {
        IndependenceTest.assertAloneAsInTheBatch(layer, batch);
      }
    }
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("formsAndFusedVariants")
  void manyCallersAtOnce(String form, Variant variant)
      throws InterruptedException, ExecutionException {
    AttentionParameters parameters = parameters(form, 1);
    Batch batch = batches(parameters).get(1);
    try (AttentionPooling layer = variant.withThreads(2).open(parameters);
        ExecutorService platform = Executors.newFixedThreadPool(MAX_THREADS);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      Run expected = Run.of(layer, batch);
      List<Future<Run>> runs = new ArrayList<>();
      for (int i = 0; i < 4 * MAX_THREADS; i++) {
        runs.add((i % 2 == 0 ? platform : virtual).submit(() -> Run.of(layer, batch)));
      }
      for (Future<Run> run : runs) {
        Bits.assertSame(expected, run.get(), " of a concurrent call");
      }
    }
  }

  /** One long sequence; a ragged mix of short, long and empty ones; a long one with holes. */
  private static List<Batch> batches(AttentionParameters parameters) {
    Random random = new Random(SEED);
    boolean[] keep = new boolean[2 * 3000];
    for (int i = 0; i < keep.length; i++) {
      keep[i] = random.nextInt(5) > 0;
    }
    int[] offsets = {0, 1, 1, 701, 708, 720, 2800, 2802, 3314, 3314, 4000, 4001};
    int width = parameters.inputWidth();
    return Stream.of(
            Batch.padded(uniform(random, 5003 * width, 2), 1, 5003, width),
            Batch.ragged(uniform(random, 4001 * width, 2), width, offsets),
            Batch.padded(uniform(random, keep.length * width, 2), 2, 3000, width).withKeep(keep))
        .map(batch -> batch.withQueries(uniform(random, batch.batch() * asked(parameters), 2)))
        .toList();
  }

  /** Values in a query; none where the parameters have no query map. */
  private static int asked(AttentionParameters parameters) {
    return PlainLayer.of(parameters).query().isPresent() ? parameters.queryWidth() : 0;
  }

  /**
   * @param heads of the textbook form; others have their own number
   */
  private static AttentionParameters parameters(String form, int heads) {
    if (!form.equals(TEXTBOOK)) {
      return FamilyForm.load(form).parameters();
    }
    Random random = new Random(SEED);
    return AttentionParameters.additive(
            Linear.of(
                UNITS, WIDTH, uniform(random, UNITS * WIDTH, 0.3f), uniform(random, UNITS, 1)),
            Linear.of(heads, UNITS, uniform(random, heads * UNITS, 1)))
        .withOutput(Linear.of(3, heads * WIDTH, uniform(random, 3 * heads * WIDTH, 1)));
  }

  private static float[] uniform(Random random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (2 * random.nextFloat() - 1) * scale;
    }
    return values;
  }
}
