package io.github.attnpool.internal.maps;

import io.github.attnpool.Activation;

/**
 * What turns hidden units into scores: activation, gate, and the heads' weights. Arrays are given
 * by address.
 *
 * @param heads R
 * @param units D
 * @param activation f
 * @param bias [D], or 0 for none
 * @param gateBias [D], or 0 where there is no gate; with one, the gate's units come after the
 *     others in each row
 * @param a [R, D]
 * @param c [R]
 */
public record UnitScores(
    int heads, int units, Activation activation, long bias, long gateBias, long a, long c) {

  /** Returns the number of values in a row of hidden units. */
  public long rowUnits() {
    return EffectiveMaps.rowUnits(units, gateBias != 0);
  }

  /** Returns how many floats of scratch a call of the CPU kernel needs. */
  public long workFloats() {
    return 4L * units;
  }
}
