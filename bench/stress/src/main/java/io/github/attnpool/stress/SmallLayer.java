package io.github.attnpool.stress;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;

/** A layer so small that calls meet: one head whose score is 0, so that the context is a mean. */
final class SmallLayer {
  static final int RIGHT = 1;
  static final int CLOSED = 0;
  static final int WRONG = -1;

  private static final AttentionParameters PARAMETERS =
      AttentionParameters.linear(Linear.of(1, 1, new float[1]));

  private SmallLayer() {}

  static AttentionPooling build() {
    return AttentionPooling.builder(PARAMETERS).backend("jvm").threads(1).build();
  }

  /** Pools two rows whose mean is known. */
  static int call(AttentionPooling layer, float mean) {
    try {
      return layer.pool(new float[] {mean - 1, mean + 1}, 2)[0] == mean ? RIGHT : WRONG;
    } catch (AttnPoolException e) {
      return e.problem().equals("the layer is closed") ? CLOSED : WRONG;
    }
  }
}
