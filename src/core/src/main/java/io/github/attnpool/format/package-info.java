/**
 * Tensor files: {@link io.github.attnpool.format.TensorFile} reads all formats that are known,
 * whole or in parts; safetensors are written, whole or in parts. A {@link
 * io.github.attnpool.format.TensorFormat} adds a format from another module. What the tensors are
 * for, layers or sequences, is not known here.
 */
@NullMarked
package io.github.attnpool.format;

import org.jspecify.annotations.NullMarked;
