package io.github.attnpool.checkpoint;

import io.github.attnpool.AttentionParameters;
import java.util.Optional;

/**
 * A layer that was read from a file.
 *
 * @param layout name of the layout by which it was read; empty if {@link LayerReader#names} gave
 *     the tensors' names
 * @param parameters the layer's parameters, with the reader's settings applied
 */
public record CheckpointLayer(Optional<String> layout, AttentionParameters parameters) {}
