package io.github.attnpool.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GrowthTest {
  @Test
  void aLeakShowsThroughNoise() {
    assertEquals(23, growth(0, 1, 0)); // of 30 from one quarter's middle to the other's
    assertTrue(growth(0, 2, 20) > 24);
  }

  @Test
  void neitherNoiseNorWarmUpIsGrowth() {
    assertTrue(growth(0, 0, 20) < 0);
    assertTrue(growth(500, 0, 20) < 4);
  }

  /**
   * Of a minute's samples.
   *
   * @param warmUp grown in the first quarter
   * @param leak grown with each sample
   */
  private static long growth(int warmUp, int leak, int noise) {
    Random random = new Random(1);
    Growth growth = new Growth();
    for (int second = 0; second < 60; second++) {
      long warm = Math.min(warmUp, (long) warmUp * second / 15);
      growth.add(1000 + warm + (long) leak * second + random.nextInt(noise + 1));
    }
    return growth.measure();
  }
}
