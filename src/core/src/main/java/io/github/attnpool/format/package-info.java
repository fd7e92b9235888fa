/**
 * Tensor files: safetensors, read mapped or in parts and written whole or in parts, and NumPy's
 * {@code .npy}. A {@link io.github.attnpool.format.Tensor} is a name, a type, a shape and bytes.
 * What the tensors are for, layers or sequences, is not known here.
 */
@NullMarked
package io.github.attnpool.format;

import org.jspecify.annotations.NullMarked;
