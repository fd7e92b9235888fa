package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls near the end of the stack: they fail before they begin, or not at all. */
@Timeout(60)
class StackReserveTest {
  private static final long STACK = 512 << 10;
  private static final int CALL_FRAMES = 100; // of the work in a call: about 10 KB at most
  private static final int MAX_DEPTH = 100_000;
  private static final float[] ROWS = {1, 2, 3, 4};

  @Test
  void aCallThatBeganEnds() throws InterruptedException {
    FakeBackend backend = new FakeBackend();
    AtomicInteger ended = new AtomicInteger();
    backend.work =
        () -> {
          descend(CALL_FRAMES, () -> {});
          ended.incrementAndGet();
        };
    AttentionPooling layer = backend.layer();
    layer.pool(ROWS, 2); // the JDK's own classes are initialised with enough stack
    int overflows = overflowsNearTheEnd(layer);
    assertTrue(overflows > 0);
    assertTrue(ended.get() > 0);
    assertEquals(backend.calls.get(), ended.get());
    layer.close(); // would wait for a call that did not leave
    assertEquals(0, backend.closedWhileRunning.get());
  }

  @Test
  void theLayerIsAsBefore() throws InterruptedException {
    int width = 64;
    float[] x = new float[4_000 * width]; // enough rows for helpers
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    float[] map = Arrays.copyOf(x, 64 * width);
    AttentionParameters parameters =
        AttentionParameters.additive(
            Linear.of(64, width, map), Linear.of(1, 64, Arrays.copyOf(x, 64)));
    try (AttentionPooling layer = AttentionPooling.builder(parameters).threads(2).build()) {
      float[] expected = layer.pool(x, 4_000);
      int[] overflows = new int[1];
      run(
          () -> {
            int end = depthOfStack();
            for (int depth = end; depth > end - 2_000; depth -= 100) {
              try {
                descend(depth, () -> assertArrayEquals(expected, layer.pool(x, 4_000)));
              } catch (StackOverflowError _) {
                overflows[0]++;
              }
            }
          });
      assertTrue(overflows[0] > 0);
      assertArrayEquals(expected, layer.pool(x, 4_000));
    }
  }

  /** Calls the layer at every depth from the end of the stack on, until calls succeed. */
  private static int overflowsNearTheEnd(AttentionPooling layer) throws InterruptedException {
    int[] overflows = new int[1];
    run(
        () -> {
          int end = depthOfStack();
          int successes = 0;
          for (int depth = end; depth >= 0 && successes < 500; depth--) {
            try {
              descend(depth, () -> layer.pool(ROWS, 2));
              successes++;
            } catch (StackOverflowError _) {
              overflows[0]++;
            }
          }
        });
    return overflows[0];
  }

  private static void run(Runnable code) throws InterruptedException {
    boolean[] failed = {true};
    Thread thread =
        new Thread(
            null,
            () -> {
              code.run();
              failed[0] = false;
            },
            "near the end of its stack",
            STACK);
    thread.start();
    thread.join();
    assertFalse(failed[0]);
  }

  /** Returns a depth from which nothing more can be called. */
  private static int depthOfStack() {
    int works = 0;
    int fails = MAX_DEPTH;
    while (fails - works > 1) {
      int middle = (works + fails) / 2;
      try {
        descend(middle, () -> {});
        works = middle;
      } catch (StackOverflowError _) {
        fails = middle;
      }
    }
    return works;
  }

  private static void descend(int frames, Runnable then) {
    if (frames == 0) {
      then.run();
    } else {
      descend(frames - 1, then);
    }
  }
}
