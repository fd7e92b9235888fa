package io.github.attnpool.attack;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The public interface against float64, by calls drawn at random, right ones and wrong ones. {@code
 * scripts/attack} makes more of them; {@code -Dattnpool.attack.seed} makes others.
 */
class RandomCallsTest {
  private static final long CALLS = Long.getLong("attnpool.attack.calls", 20_000);
  private static final long SEED = Long.getLong("attnpool.attack.seed", 1);

  @Test
  @Timeout(24 * 3600)
  void everyCallIsRightOrRefused() throws InterruptedException {
    Attack attack = new Attack(made -> made < CALLS, SEED);
    assertTrue(attack.run() >= CALLS);
    System.out.println(attack + " from seed " + SEED + ": no wrong result");
  }
}
