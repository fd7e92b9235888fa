/**
 * NVIDIA's libraries as Java sees them: the CUDA runtime, the driver, cuBLASLt and cuDNN, with
 * statuses turned into exceptions, and results returned instead of written through pointers. No
 * other package calls their bindings. Nothing here knows layers, batches, or the project's kernels.
 */
@NullMarked
package io.github.attnpool.internal.cuda.nvidia;

import org.jspecify.annotations.NullMarked;
