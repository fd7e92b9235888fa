/**
 * A layer's parameters in device memory, with the matrix multiplications that use them. They are
 * uploaded once, when a layer is built, and do not change after that. What depends on a batch
 * belongs to the engine.
 */
@NullMarked
package io.github.attnpool.internal.cuda.parameters;

import org.jspecify.annotations.NullMarked;
