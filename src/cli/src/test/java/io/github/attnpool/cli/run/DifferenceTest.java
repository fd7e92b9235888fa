package io.github.attnpool.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  @Test
  void findsTheLargest() {
    Difference difference = largest(new float[] {1, 2, 3}, 1.5, 2, 1);
    assertEquals(new Difference(2, 2, 3, 1), difference);
    assertTrue(difference.within(2));
    assertFalse(difference.within(1.99));
  }

  @Test
  void takesNanAndEqualInfinitiesAsEqual() {
    Difference difference = largest(new float[] {Float.NaN, -INF, INF}, Double.NaN, -INF, INF);
    assertEquals(0, difference.size());
    assertTrue(difference.within(0));
  }

  @Test
  void neverAcceptsNanOrInfinityWhereThereIsANumber() {
    assertFalse(largest(new float[] {5, Float.NaN, 5}, 0, 0, 0).within(Double.MAX_VALUE));
    assertEquals(1, largest(new float[] {5, Float.NaN, 5}, 0, 0, 0).at());
    assertFalse(largest(new float[] {0}, Double.NaN).within(Double.MAX_VALUE));
    assertFalse(largest(new float[] {-INF}, 0).within(Double.MAX_VALUE));
    assertFalse(largest(new float[] {-INF}, INF).within(Double.MAX_VALUE));
  }

  @Test
  void isZeroOfNothing() {
    assertTrue(largest(new float[0]).within(0));
  }

  @Test
  void namesTheElementByEachDimension() {
    Difference difference = largest(new float[] {0, 0, 0}, 0, 0, 0.5).shifted(43);
    assertEquals(
        "largest absolute difference 0.500 exceeds 0.1: element [2, 13] is 0.0, expected 0.5",
        difference.describe(0.1, new long[] {3, 16}));
  }

  private static Difference largest(float[] results, double... expected) {
    return Difference.largest(MemorySegment.ofArray(results), expected);
  }
}
