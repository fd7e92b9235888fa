package io.github.attnpool.forked;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Linear;
import io.github.attnpool.PoolingState;

/** Makes and closes states that take more memory in all than this JVM may have. */
public final class ManyStates {
  private static final int HEADS = 8;
  private static final int WIDTH = 4096;
  private static final int STATES = 1500;

  private ManyStates() {}

  public static void main(String[] args) {
    AttentionParameters parameters =
        AttentionParameters.linear(Linear.of(HEADS, WIDTH, new float[HEADS * WIDTH]));
    long bytes = 0;
    try (AttentionPooling layer =
        AttentionPooling.builder(parameters).backend("jvm").threads(1).build()) {
      for (int i = 0; i < STATES; i++) {
        try (PoolingState state = layer.newState()) {
          bytes += state.byteSize();
        }
      }
    }
    System.out.println(bytes);
  }
}
