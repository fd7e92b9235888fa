package io.github.attnpool.internal.onednn;

/**
 * How many rows make a tile. Fixed by the layer's shape alone, because a block of a long sequence
 * is a tile and so the choice shows in the last bits of results.
 */
final class TileHeight {
  private static final int MIN = 16;
  private static final int MAX = 512;

  /** The rows and their hidden units: about half of a 1 MiB L2, which the weights share. */
  private static final long TILE_BYTES = 512 << 10;

  private TileHeight() {}

  /** The largest power of two whose tile is smaller than that. */
  static int rows(int width, int units) {
    int rows = MAX;
    while (rows > MIN && (long) rows * (width + units) * Float.BYTES >= TILE_BYTES) {
      rows /= 2;
    }
    return rows;
  }
}
