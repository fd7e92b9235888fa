package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attnpool.forked.ForkedJvm;
import io.github.attnpool.forked.ManyStates;
import io.github.attnpool.testkit.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** States end when they are closed, whoever still uses them. */
class PoolingStateCloseTest {
  private static final int WIDTH = 5;
  private static final float[] ROWS = new float[40 * WIDTH];

  private static AttentionParameters parameters(int heads, int width) {
    return AttentionParameters.linear(Linear.of(heads, width, new float[heads * width]))
        .withOutput(Linear.of(1, heads * width, new float[heads * width]));
  }

  static List<Variant> ways() {
    return Variant.fused();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aClosedStateIsRefused(Variant variant) {
    try (AttentionPooling layer = variant.builder(parameters(2, WIDTH)).build();
        PoolingState open = layer.newState()) {
      PoolingState closed = layer.newState();
      closed.add(ROWS, 40);
      closed.close();
      closed.close();
      assertEquals(40, closed.rows());
      List<Executable> uses =
          List.of(
              closed::reset,
              () -> closed.add(ROWS, 40),
              () -> closed.merge(open),
              () -> open.merge(closed),
              closed::context,
              closed::logits,
              closed::toBytes);
      for (Executable use : uses) {
        AttnPoolException e = assertThrows(AttnPoolException.class, use);
        assertEquals("the pooling state is closed", e.problem());
      }
      open.merge(open);
      open.add(ROWS, 40);
      assertEquals(40, open.rows());
    }
  }

  /** A mistake, but not one that may touch memory that is gone. */
  @ParameterizedTest
  @MethodSource("ways")
  void closingWaitsForACallOfAnotherThread(Variant variant) throws InterruptedException {
    try (AttentionPooling layer = variant.builder(parameters(2, WIDTH)).build()) {
      for (int i = 0; i < 20; i++) {
        PoolingState state = layer.newState();
        Throwable[] end = new Throwable[1];
        Thread user =
            Thread.ofPlatform()
                .start(
                    () ->
                        end[0] =
                            assertThrows(
                                AttnPoolException.class,
                                () -> {
                                  while (true) {
                                    state.add(ROWS, 40);
                                  }
                                }));
        Thread.sleep(1);
        state.close();
        user.join();
        assertTrue(end[0].getMessage().contains("is closed"), end[0].getMessage());
      }
    }
  }

  @Test
  void takesTheMemoryThatTheDocumentsSay() {
    long head = 64 + 64; // 8·5 = 40 bytes, rounded up to 64
    assertEquals(2 * 2 * head + 2 * 4 * WIDTH, bytes(parameters(2, WIDTH)));
    AttentionParameters deviating =
        AttentionParameters.linear(Linear.of(1, 16, new float[16])).withStandardDeviation(0);
    assertEquals(2 * 32 * 16 + 2 * 4 * 16, bytes(deviating));
  }

  private static long bytes(AttentionParameters parameters) {
    try (AttentionPooling layer = AttentionPooling.builder(parameters).backend("jvm").build();
        PoolingState state = layer.newState()) {
      return state.byteSize();
    }
  }

  /** Their memory would otherwise wait for a garbage collection that nothing asks for. */
  @Test
  void closedStatesAreFreedAtOnce() {
    String bytes = new ForkedJvm(ManyStates.class).option("-XX:+DisableExplicitGC").run().good();
    assertTrue(Long.parseLong(bytes) > 800_000_000, bytes);
  }

  /** Before anything is compared that others could have made equal. */
  @Test
  void statesOfAnotherLayoutAreRefused() {
    try (AttentionPooling wide =
            AttentionPooling.builder(parameters(1, 64)).backend("jvm").build();
        AttentionPooling narrow =
            AttentionPooling.builder(parameters(1, 8)).backend("jvm").build();
        PoolingState state = wide.newState();
        PoolingState other = narrow.newState()) {
      AttnPoolException e = assertThrows(AttnPoolException.class, () -> state.merge(other));
      assertEquals(
          "the other state is of 1 heads and 8 values, must be of 1 and 64 and of a layer of the"
              + " same form",
          e.problem());
    }
  }
}
