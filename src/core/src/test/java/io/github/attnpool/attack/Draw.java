package io.github.attnpool.attack;

import java.util.List;
import java.util.Random;

/** Draws one of several. */
final class Draw {
  private Draw() {}

  static <E> E oneOf(Random random, E[] values) {
    return values[random.nextInt(values.length)];
  }

  static <E> E oneOf(Random random, List<E> values) {
    return values.get(random.nextInt(values.size()));
  }
}
