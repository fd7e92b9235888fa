package io.github.attnpool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LinearTest {
  @Test
  void copiesInAndOut() {
    float[] weight = {1, 2, 3, 4, 5, 6};
    float[] bias = {7, 8};
    Linear map = Linear.of(2, 3, weight, bias);
    weight[0] = 100;
    bias[0] = 100;
    map.weight()[1] = 100;
    map.bias().orElseThrow()[1] = 100;
    assertEquals(2, map.outFeatures());
    assertEquals(3, map.inFeatures());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, map.weight());
    assertArrayEquals(new float[] {7, 8}, map.bias().orElseThrow());
    assertTrue(Linear.of(2, 3, weight).bias().isEmpty());
  }

  @Test
  void badSizes() {
    assertBad("outFeatures is 0, must be at least 1", () -> Linear.of(0, 3, new float[0]));
    assertBad("inFeatures is -1, must be at least 1", () -> Linear.of(2, -1, new float[0]));
    assertBad("weight has 5 values, must have 6 (2x3)", () -> Linear.of(2, 3, new float[5]));
    assertBad("weight is null, must have 6 (2x3)", () -> Linear.of(2, 3, null));
    assertBad(
        "bias has 3 values, must have 2 (2)", () -> Linear.of(2, 3, new float[6], new float[3]));
    assertBad("bias is null; leave it out instead", () -> Linear.of(2, 3, new float[6], null));
    assertBad("must have 4611686014132420609", () -> Linear.of(MAX, MAX, new float[1]));
  }

  @Test
  void mapsThatDoNotFitTogether() {
    Linear hidden = Linear.of(4, 3, new float[12]);
    AttnPoolException e =
        assertThrows(
            AttnPoolException.class,
            () -> AttentionParameters.additive(hidden, Linear.of(1, 5, new float[5])));
    assertEquals(
        "parameters: a linear map of the score stage takes 5 values, must take the 4 that come"
            + " before it",
        e.getMessage());
    AttentionParameters twoHeads =
        AttentionParameters.additive(hidden, Linear.of(2, 4, new float[8]));
    e =
        assertThrows(
            AttnPoolException.class, () -> twoHeads.withOutput(Linear.of(1, 3, new float[3])));
    assertEquals(
        "parameters: a linear map of the output stage takes 3 values, must take the 6 that come"
            + " before it",
        e.getMessage());
    assertEquals(1, twoHeads.withOutput(Linear.of(1, 6, new float[6])).logitCount());
    assertEquals(0, twoHeads.logitCount());
  }

  private static final int MAX = Integer.MAX_VALUE;

  private static void assertBad(String problem, Executable call) {
    AttnPoolException e = assertThrows(AttnPoolException.class, call);
    assertTrue(e.getMessage().startsWith("linear map: "), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }
}
