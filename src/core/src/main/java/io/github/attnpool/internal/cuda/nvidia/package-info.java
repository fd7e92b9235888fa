/**
 * NVIDIA's libraries as Java sees them: the CUDA runtime, the driver, cuBLASLt and cuDNN, with
 * statuses turned into exceptions and results returned. One class wraps each library, and no other
 * class calls its bindings. Nothing here knows layers, batches, or the project's own kernels.
 */
package io.github.attnpool.internal.cuda.nvidia;
