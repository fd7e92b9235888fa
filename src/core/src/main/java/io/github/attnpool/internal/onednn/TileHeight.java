package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.PlainLayer;

/**
 * How many rows make a tile. Fixed by the layer's shape alone, because a block of a long sequence
 * is a tile and so the choice shows in the last bits of results.
 */
final class TileHeight {
  /** Below, oneDNN's multiplication gets slower, most of all where its weights are not in L2. */
  private static final int MIN = 64;

  /** With a projection, whose weights are read once for each tile and seldom fit in L2. */
  private static final int MIN_WITH_PROJECTION = 256;

  private static final int MAX = 512;

  /** The rows and their hidden units: about half of a 1 MiB L2, which the weights share. */
  private static final long TILE_BYTES = 512 << 10;

  private TileHeight() {}

  /** The largest power of two whose tile is smaller than that, within the limits. */
  static int rows(PlainLayer parameters) {
    long units = EffectiveMaps.rowUnits(parameters);
    long rowBytes = (parameters.width() + units) * Float.BYTES;
    int min = parameters.projection().isPresent() ? MIN_WITH_PROJECTION : MIN;
    int rows = MAX;
    while (rows > min && rows * rowBytes >= TILE_BYTES) {
      rows /= 2;
    }
    return rows;
  }
}
