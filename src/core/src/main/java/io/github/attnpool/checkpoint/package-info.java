/**
 * Layers in files of parameters: which layouts of tensor names there are, which of them a file has,
 * and the parameters read from it. {@link io.github.attnpool.checkpoint.Checkpoint} is the one
 * entrance; {@link io.github.attnpool.checkpoint.Layout} says what the tensors compute, as data.
 * How tensors are stored belongs to {@code format}; nothing here computes.
 */
@NullMarked
package io.github.attnpool.checkpoint;

import org.jspecify.annotations.NullMarked;
