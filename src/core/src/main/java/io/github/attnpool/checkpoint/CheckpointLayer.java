package io.github.attnpool.checkpoint;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.internal.arguments.Arguments;

/**
 * A layer that was read from a file.
 *
 * @param match how it was found, and what was taken for granted
 * @param parameters the layer's parameters, with the reader's settings applied
 */
public record CheckpointLayer(LayerMatch match, AttentionParameters parameters) {
  /** Checks that both are given. */
  public CheckpointLayer {
    Arguments arguments = new Arguments("layer of a checkpoint");
    arguments.given("match", match);
    arguments.given("parameters", parameters);
  }
}
