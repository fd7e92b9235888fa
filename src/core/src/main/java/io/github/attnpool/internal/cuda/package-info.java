/**
 * The backend for NVIDIA GPUs. Packages below it, from the lowest to the highest: {@code nvidia}
 * wraps NVIDIA's libraries, {@code device} holds memory and queues, {@code kernels} holds the
 * project's kernels, {@code parameters} a layer's parameters, and {@code engine} runs batches;
 * {@code lookup} finds the libraries. Each may use those below it, never those above; only what
 * registers and chooses the backend lives here.
 */
@NullMarked
package io.github.attnpool.internal.cuda;

import org.jspecify.annotations.NullMarked;
