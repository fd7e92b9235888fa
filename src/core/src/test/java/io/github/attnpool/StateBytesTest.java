package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** States as bytes: what comes back is the same, and nothing else is taken for a state. */
class StateBytesTest {
  private static final int WIDTH = 5;
  private final AttentionParameters parameters = parameters(1);
  private final AttentionPooling layer =
      AttentionPooling.builder(parameters).backend("jvm").build();

  @AfterEach
  void close() {
    layer.close();
  }

  private PoolingState filled() {
    PoolingState state = layer.newState();
    state.add(floats(new SplittableRandom(3), 9 * WIDTH), 9);
    return state;
  }

  @Test
  void comesBackBitForBit() {
    PoolingState state = filled();
    byte[] bytes = state.toBytes();
    PoolingState again = layer.stateFromBytes(bytes);
    assertEquals(9, again.rows());
    assertArrayEquals(state.context(), again.context());
    assertArrayEquals(bytes, again.toBytes());
  }

  @Test
  void anotherLayerWithTheSameParametersTakesIt() {
    byte[] bytes = filled().toBytes();
    try (AttentionPooling other = AttentionPooling.builder(parameters(1)).backend("jvm").build()) {
      assertArrayEquals(filled().context(), other.stateFromBytes(bytes).context());
    }
  }

  @Test
  void anOutputLayerMakesNoDifference() {
    AttentionParameters withOutput =
        parameters.withOutput(Linear.of(1, 2 * WIDTH, new float[2 * WIDTH]));
    try (AttentionPooling other = AttentionPooling.builder(withOutput).backend("jvm").build()) {
      assertEquals(9, other.stateFromBytes(filled().toBytes()).rows());
    }
  }

  @Test
  void everyDamagedByteIsSeen() {
    byte[] bytes = filled().toBytes();
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 16;
      assertThrows(AttnPoolException.class, () -> layer.stateFromBytes(damaged), "byte " + i);
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(AttnPoolException.class, () -> layer.stateFromBytes(cut), "length " + length);
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 8);
    assertThrows(AttnPoolException.class, () -> layer.stateFromBytes(longer));
    assertThrows(AttnPoolException.class, () -> layer.stateFromBytes(null));
  }

  @Test
  void statesOfOtherParametersAreRefused() {
    byte[] bytes = filled().toBytes();
    try (AttentionPooling other = AttentionPooling.builder(parameters(2)).backend("jvm").build()) {
      AttnPoolException e =
          assertThrows(AttnPoolException.class, () -> other.stateFromBytes(bytes));
      assertTrue(e.problem().contains("other parameters"), e.problem());
      PoolingState state = other.newState();
      assertThrows(AttnPoolException.class, () -> state.merge(filled()));
    }
    try (AttentionPooling warmer =
        AttentionPooling.builder(parameters.withTemperature(2)).backend("jvm").build()) {
      assertThrows(AttnPoolException.class, () -> warmer.stateFromBytes(bytes));
    }
  }

  @Test
  void theStagedPlanHasNone() {
    try (AttentionPooling staged =
        AttentionPooling.builder(parameters).backend("jvm").plan(Plan.STAGED).build()) {
      AttnPoolException e = assertThrows(AttnPoolException.class, staged::newState);
      assertEquals("plan STAGED wants sequences whole; use FUSED", e.problem());
    }
  }

  private static AttentionParameters parameters(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Linear hidden = Linear.of(3, WIDTH, floats(random, 3 * WIDTH), floats(random, 3));
    return AttentionParameters.additive(hidden, Linear.of(2, 3, floats(random, 6)));
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) random.nextDouble(-1, 1);
    }
    return floats;
  }
}
