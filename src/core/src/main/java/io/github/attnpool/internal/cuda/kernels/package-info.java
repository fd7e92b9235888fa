/**
 * The project's own kernels, as attnpool_cuda.h describes them: one record per kernel, which is put
 * on a {@link io.github.attnpool.internal.cuda.device.LaunchQueue}, and the records that name its
 * arguments. No other package calls the kernel library's bindings. What a launch is for, and in
 * which order launches come, is decided elsewhere.
 */
@NullMarked
package io.github.attnpool.internal.cuda.kernels;

import org.jspecify.annotations.NullMarked;
