package io.github.attnpool.checkpoint;

import java.util.Optional;

/**
 * A sound layer in a file, not read yet.
 *
 * @param layout name of its layout; empty if its tensors' names were given
 */
record FoundLayer(Optional<String> layout, LayerTensors tensors) {}
