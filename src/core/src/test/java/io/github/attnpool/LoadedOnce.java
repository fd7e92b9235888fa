package io.github.attnpool;

/** Uses the library within one class loader. */
public final class LoadedOnce {
  private LoadedOnce() {}

  /** Returns the backend that auto took, and what it pooled. */
  public static String run() {
    Linear score = Linear.of(1, 2, new float[] {0, 0});
    try (AttentionPooling layer =
        AttentionPooling.builder(AttentionParameters.linear(score)).threads(2).build()) {
      return layer.info().backend() + " " + layer.pool(new float[] {1, 2, 3, 4}, 2)[1];
    }
  }
}
