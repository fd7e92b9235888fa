package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.LinearArrays;
import java.util.Arrays;

/**
 * A linear map, its weights cut into panels of units that are worked on at a time, in the order and
 * with the padding that the kernels like.
 */
abstract class PackedWeights {
  /** Units, without padding. */
  final int realUnits;

  /** Inputs, filled up to whole vectors. */
  final int inputs;

  /** Units, filled up to whole vectors. */
  final int units;

  /** Zeros where the map has none. */
  final float[] bias;

  PackedWeights(Linear map, int lanes) {
    this.inputs = Padding.up(map.inFeatures(), lanes);
    this.units = Padding.up(map.outFeatures(), lanes);
    this.realUnits = map.outFeatures();
    this.bias =
        LinearArrays.bias(map)
            .map(values -> Arrays.copyOf(values, units))
            .orElseGet(() -> new float[units]);
  }

  /** Units of the panel that begins with a unit. */
  abstract int panel(int unit);

  /** {@code y = W·x + b} for four rows and the panel that begins with a unit; 0 for padding. */
  final void multiply(RowQuad x, int unit, RowQuad y) {
    multiplyPanel(x, unit, y);
    int panel = panel(unit);
    if (unit + panel > realUnits) {
      y.clear(realUnits - unit, panel); // infinite x make NaN even of zero weights
    }
  }

  /** {@code y = W·x + b} for four rows and the panel that begins with a unit. */
  abstract void multiplyPanel(RowQuad x, int unit, RowQuad y);
}
