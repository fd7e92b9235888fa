package io.github.attnpool.internal.kernels;

import io.github.attnpool.Activation;

/**
 * What turns hidden units into scores: activation, gate, and the heads' weights. Arrays are given
 * by address.
 *
 * @param units D
 * @param activation f
 * @param bias [D], or 0 for none
 * @param gateBias [D], or 0 where there is no gate; with one, the gate's units stand behind the
 *     others in each row
 * @param a [R, D]
 * @param c [R]
 */
public record UnitScores(
    int heads, int units, Activation activation, long bias, long gateBias, long a, long c) {

  /** Values in a row of hidden units. */
  public long rowUnits() {
    return gateBias == 0 ? units : 2L * units;
  }

  /** Floats of scratch that a call needs. */
  public long workFloats() {
    return 4L * units;
  }
}
