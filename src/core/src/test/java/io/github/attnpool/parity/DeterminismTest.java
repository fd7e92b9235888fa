package io.github.attnpool.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.backend.Backend;
import io.github.attnpool.backend.Backends;
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

  static Stream<Arguments> fusedVariants() {
    List<Arguments> variants = new ArrayList<>();
    for (Backend backend : Backends.all()) {
      for (Precision precision : Precision.values()) {
        if (backend.availability().available() && offers(backend.name(), precision)) {
          variants.add(Arguments.of(backend.name(), precision));
        }
      }
    }
    return variants.stream();
  }

  private static boolean offers(String backend, Precision precision) {
    try (AttentionPooling layer = open(backend, precision, 1, parameters(1))) {
      assertEquals(precision, layer.info().precision());
      return true;
    } catch (AttnPoolException e) {
      assertEquals(Precision.BF16, precision, e.getMessage()); // F32 is offered everywhere
      return false;
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("fusedVariants")
  void anyNumberOfThreads(String backend, Precision precision) {
    for (Batch batch : batches()) {
      AttentionParameters parameters = parameters(2);
      Run expected;
      try (AttentionPooling layer = open(backend, precision, 1, parameters)) {
        expected = Run.of(layer, batch);
      }
      for (int threads = 2; threads <= MAX_THREADS; threads++) {
        try (AttentionPooling layer = open(backend, precision, threads, parameters)) {
          for (int run = 0; run < 3; run++) {
            Bits.assertSame(
                expected, Run.of(layer, batch), " with " + threads + " threads, run " + run);
          }
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("fusedVariants")
  void aloneAsInTheBatch(String backend, Precision precision) {
    try (AttentionPooling layer = open(backend, precision, 3, parameters(1))) {
      for (Batch batch : batches()) {
        IndependenceTest.assertAloneAsInTheBatch(layer, batch);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("fusedVariants")
  void manyCallersAtOnce(String backend, Precision precision)
      throws InterruptedException, ExecutionException {
    Batch batch = batches().get(1);
    try (AttentionPooling layer = open(backend, precision, 2, parameters(1));
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
  private static List<Batch> batches() {
    Random random = new Random(SEED);
    boolean[] keep = new boolean[2 * 3000];
    for (int i = 0; i < keep.length; i++) {
      keep[i] = random.nextInt(5) > 0;
    }
    int[] offsets = {0, 1, 1, 701, 708, 720, 2800, 2802, 3314, 3314, 4000, 4001};
    return List.of(
        Batch.padded(uniform(random, 5003 * WIDTH, 2), 1, 5003, WIDTH),
        Batch.ragged(uniform(random, 4001 * WIDTH, 2), WIDTH, offsets),
        Batch.padded(uniform(random, keep.length * WIDTH, 2), 2, 3000, WIDTH).withKeep(keep));
  }

  private static AttentionPooling open(
      String backend, Precision precision, int threads, AttentionParameters parameters) {
    return AttentionPooling.builder(parameters)
        .backend(backend)
        .plan(Plan.FUSED)
        .precision(precision)
        .threads(threads)
        .build();
  }

  private static AttentionParameters parameters(int heads) {
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
