package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;

/**
 * What a chunk's rows have become.
 *
 * @param pooled rows that are pooled
 * @param units F32 hidden units before bias and activation; in the linear form the rows themselves
 */
record HiddenRows(GpuMatrix pooled, GpuMatrix units) {}
