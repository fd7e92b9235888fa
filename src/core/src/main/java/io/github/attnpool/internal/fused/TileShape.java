package io.github.attnpool.internal.fused;

import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.PlainLayer;

/**
 * The sizes of a layer's tiles.
 *
 * @param rows of a tile, and of a block of a sequence that is longer: see {@link FusedEngine}
 * @param inputWidth values in a row of x
 * @param states how unfinished softmaxes lie in memory
 * @param units D, or 2·D with a gate
 * @param biases D
 * @param softmaxEpsilon what is added to the softmax's denominator
 */
record TileShape(
    int rows, int inputWidth, StateLayout states, long units, int biases, float softmaxEpsilon) {

  static TileShape of(PlainLayer parameters, int rows) {
    return new TileShape(
        rows,
        parameters.inputWidth(),
        new StateLayout(parameters.heads(), parameters.width()),
        EffectiveMaps.rowUnits(parameters),
        parameters.units(),
        parameters.softmaxEpsilon());
  }

  int heads() {
    return states.heads();
  }

  /** Bytes of a pooled row, F32. */
  long rowBytes() {
    return (long) states.width() * Float.BYTES;
  }

  /** Bytes of a row's hidden units. */
  long unitsBytes() {
    return units * Float.BYTES;
  }

  /** Bytes of a sequence's bias. */
  long biasBytes() {
    return (long) biases * Float.BYTES;
  }

  /** Where a head's context lies, in bytes. */
  long contextOffset(int sequence, int head) {
    return ((long) sequence * heads() + head) * rowBytes();
  }
}
