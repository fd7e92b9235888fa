package io.github.attnpool.internal.cuda.kernels;

/**
 * States of sequences, in device memory; addresses.
 *
 * @param maxSum F64 [sequences, heads, 2]
 * @param context F64 [sequences, heads, width]; 0 where it is not kept
 */
public record States(long maxSum, long context) {}
