package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.testkit.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A layer shared by many threads, closed while they use it: right results or our exception. */
@Timeout(120)
class CloseUnderLoadTest {
  private static final int CALLERS = 8;
  private static final int ROWS = 600;
  private static final int WIDTH = 128;
  private static final int UNITS = 128; // enough for a call to use several threads

  static List<Variant> ways() {
    return Variant.offered().stream().filter(variant -> !variant.backend().equals("jvm")).toList();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void rightOrClosed(Variant variant) throws Exception {
    SplittableRandom random = new SplittableRandom(8);
    Linear hidden = Linear.of(UNITS, WIDTH, floats(random, UNITS * WIDTH));
    AttentionParameters parameters =
        AttentionParameters.additive(hidden, Linear.of(1, UNITS, floats(random, UNITS)));
    float[] x = floats(random, ROWS * WIDTH);
    for (int round = 0; round < 3; round++) {
      AttentionPooling layer = variant.builder(parameters).build();
      float[] expected = layer.pool(x, ROWS);
      CountDownLatch warm = new CountDownLatch(CALLERS);
      try (ExecutorService pool = Executors.newFixedThreadPool(CALLERS)) {
        List<Future<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
          callers.add(pool.submit(() -> call(layer, x, expected, warm)));
        }
        warm.await();
        layer.close();
        for (Future<Integer> caller : callers) {
          assertTrue(caller.get() > 0);
        }
      }
    }
  }

  /** Calls until the layer is closed. */
  private static int call(
      AttentionPooling layer, float[] x, float[] expected, CountDownLatch warm) {
    for (int calls = 0; ; calls++) {
      try {
        assertArrayEquals(expected, layer.pool(x, ROWS));
      } catch (AttnPoolException e) {
        assertEquals("use layer: the layer is closed", e.getMessage());
        return calls;
      }
      if (calls == 0) {
        warm.countDown();
      }
    }
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] floats = new float[count];
    IntStream.range(0, count).forEach(i -> floats[i] = (float) random.nextDouble(-0.2, 0.2));
    return floats;
  }
}
