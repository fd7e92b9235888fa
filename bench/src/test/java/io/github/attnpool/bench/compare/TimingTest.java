package io.github.attnpool.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TimingTest {
  @Test
  void isEmptyUntilTheFirstRound() {
    Timing timing = new Timing();
    assertTrue(timing.isEmpty());
    timing.add(0, new double[] {1});
    assertFalse(timing.isEmpty());
  }

  @Test
  void medianIsOfTheRounds() {
    Timing timing = new Timing();
    timing.add(0, new double[] {1, 2, 3});
    timing.add(1, new double[] {100, 100, 100});
    timing.add(2, new double[] {3, 4, 5});
    assertEquals(4, timing.median());
    assertEquals(9, timing.count());
    assertEquals(3, timing.rounds());
  }

  @Test
  void ratioComparesRoundWithRound() {
    Timing own = new Timing();
    Timing other = new Timing();
    double[] speed = {1, 5, 2}; // of the machine, round by round
    for (int round = 0; round < speed.length; round++) {
      own.add(round, new double[] {10 * speed[round]});
      if (round != 1) {
        other.add(round, new double[] {30 * speed[round]});
      }
    }
    assertEquals(3, other.ratioTo(own), 1e-12);
  }

  @Test
  void quantileLiesBetweenNeighbours() {
    double[] values = {4, 1, 3, 2};
    assertEquals(2.5, Timing.median(values));
    assertEquals(1.3, Timing.quantile(values, 0.1), 1e-12);
    assertEquals(4, Timing.quantile(values, 1));
  }
}
