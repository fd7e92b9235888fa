package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.Activation;

/**
 * Parameters that turn hidden units into scores, or any small linear map of rows. Arrays are F32 in
 * device memory; addresses.
 *
 * @param heads R
 * @param units D
 * @param activation f
 * @param bias [D], or 0 for none
 * @param gateBias [D], or 0 where there is no gate; with one, the gate's units follow the others in
 *     each row
 * @param a [R, D]
 * @param c [R]
 */
public record ScoreForm(
    int heads, int units, Activation activation, long bias, long gateBias, long a, long c) {}
