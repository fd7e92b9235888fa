package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.maps.LayerForm;

/**
 * How many rows make a tile. Fixed by the layer's shape alone, because a block of a long sequence
 * is a tile and so the choice shows in the last bits of results.
 */
final class TileHeight {
  /** Below, oneDNN's multiplication gets slower, most of all where its weights are not in L2. */
  private static final int MIN = 64;

  /** With more maps, whose weights are read once for each tile and seldom fit in L2. */
  private static final int MIN_WITH_MORE_MAPS = 256;

  private static final int MAX = 512;

  /** The rows and their hidden units: about half of a 1 MiB L2, which the weights share. */
  private static final long TILE_BYTES = 512 << 10;

  private TileHeight() {}

  /** The largest power of two whose tile is smaller than that, within the limits. */
  static int rows(LayerForm form) {
    long rowBytes = (widest(form) + form.firstUnits()) * Float.BYTES;
    int min = form.score().isByRow() || form.hasSeveralMaps() ? MIN_WITH_MORE_MAPS : MIN;
    int rows = MAX;
    while (rows > min && rows * rowBytes >= TILE_BYTES) {
      rows /= 2;
    }
    return rows;
  }

  /** Of the scored rows, and of scores that lie side by side. */
  private static long widest(LayerForm form) {
    return form.score().isByRow() ? form.rowWidth() + form.heads() : form.rowWidth();
  }
}
