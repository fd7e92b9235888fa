package io.github.attnpool.internal.natives;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Linear;

/**
 * Run in a JVM of its own: the first layer of the process, where little stack is left. Prints what
 * it pooled, and with which backend.
 */
final class FirstUse {
  private static final long SMALL = 160 << 10;

  private FirstUse() {}

  public static void main(String[] args) throws InterruptedException {
    Thread thread =
        switch (args[0]) {
          case "small" -> new Thread(null, () -> System.out.println(pooled()), "small", SMALL);
          case "virtual" -> Thread.ofVirtual().unstarted(() -> System.out.println(pooled()));
          case "deep" -> new Thread(null, FirstUse::deep, "deep", 2 * SMALL);
          default -> throw new IllegalArgumentException(args[0]);
        };
    thread.start();
    thread.join();
  }

  /** Builds where the stack ends, then ever further from there; must work at last. */
  private static void deep() {
    int depth = deepest(0);
    String pooled = null;
    for (int back = 0; pooled == null && back < depth; back += depth / 64) {
      pooled = pooledBelow(depth - back);
    }
    System.out.println(pooled);
  }

  @SuppressWarnings("InfiniteRecursion") // that is what it is for
  private static int deepest(int depth) {
    try {
      return deepest(depth + 1);
    } catch (StackOverflowError _) {
      return depth;
    }
  }

  private static String pooledBelow(int frames) {
    try {
      return frames == 0 ? pooled() : pooledBelow(frames - 1);
    } catch (StackOverflowError _) {
      return null;
    }
  }

  private static String pooled() {
    Linear score = Linear.of(1, 2, new float[] {0, 0});
    try (AttentionPooling layer =
        AttentionPooling.builder(AttentionParameters.linear(score)).backend("onednn").build()) {
      return layer.info().backend() + " " + layer.pool(new float[] {1, 2, 3, 4}, 2)[1];
    }
  }
}
