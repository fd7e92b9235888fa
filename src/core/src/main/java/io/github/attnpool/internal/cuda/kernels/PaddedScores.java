package io.github.attnpool.internal.cuda.kernels;

/**
 * Scores or weights in device memory, padded to the longest sequence: F32 [sequences, heads,
 * steps].
 *
 * @param address of the first value
 * @param offsets address of the sequences' first rows and the end of the last, I64 [sequences + 1]
 */
public record PaddedScores(long address, long sequences, long steps, long offsets) {}
