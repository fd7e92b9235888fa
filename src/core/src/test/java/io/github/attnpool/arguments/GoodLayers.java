package io.github.attnpool.arguments;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Linear;

/** Parameters of other sizes than the good ones. */
final class GoodLayers {
  private GoodLayers() {}

  static AttentionParameters other() {
    return AttentionParameters.additive(
        Linear.of(5, 9, new float[45]), Linear.of(1, 5, new float[5]));
  }
}
