package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Linear;
import io.github.attnpool.internal.maps.LinearArrays;
import jdk.incubator.vector.FloatVector;

/**
 * Weights for the Vector API: panels of 4 vectors of units, then of 2 and of 1 for the rest, one
 * after the other, each [inputs, units of the panel].
 */
final class VectorWeights extends PackedWeights {
  private static final int VL = FloatVector.SPECIES_PREFERRED.length();

  /** With 256 bits there may be 16 registers only, otherwise there are 32. */
  private static final int MAX_VECTORS = VL == 8 ? 2 : 4;

  private final float[] values;

  VectorWeights(Linear map) {
    super(map, VL);
    long size = (long) inputs * units;
    if (size > Integer.MAX_VALUE - VL) {
      throw new AttnPoolException(
          "build layer",
          "a map of "
              + map.outFeatures()
              + "x"
              + map.inFeatures()
              + " weights is more than backend jvm holds in one array");
    }
    this.values = new float[(int) size];
    float[] weight = LinearArrays.weight(map);
    for (int from = 0; from < units; from += panel(from)) {
      pack(weight, from, map);
    }
  }

  private void pack(float[] weight, int from, Linear map) {
    int panel = panel(from);
    int end = Math.min(from + panel, map.outFeatures());
    for (int d = from; d < end; d++) {
      for (int k = 0; k < map.inFeatures(); k++) {
        values[at(from) + k * panel + d - from] = weight[d * map.inFeatures() + k];
      }
    }
  }

  @Override
  int panel(int unit) {
    return Math.min(Integer.highestOneBit((units - unit) / VL), MAX_VECTORS) * VL;
  }

  private int at(int unit) {
    return unit * inputs;
  }

  @Override
  void multiplyPanel(RowQuad x, int unit, RowQuad y) {
    switch (panel(unit) / VL) {
      case 4 -> VectorMatmul.multiply4(x, inputs, values, at(unit), bias, unit, y);
      case 2 -> VectorMatmul.multiply2(x, inputs, values, at(unit), bias, unit, y);
      default -> VectorMatmul.multiply1(x, inputs, values, at(unit), bias, unit, y);
    }
  }
}
