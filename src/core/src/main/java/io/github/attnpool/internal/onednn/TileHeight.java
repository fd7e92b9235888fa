package io.github.attnpool.internal.onednn;

/**
 * How many rows make a tile. Fixed by the layer's shape alone, because a block of a long sequence
 * is a tile and so the choice shows in the last bits of results.
 */
final class TileHeight {
  private static final int MIN = 16;
  private static final int MAX = 512;
  private static final long HIDDEN_BYTES = 400 << 10; // of a 1 MiB L2
  private static final long TILE_BYTES = 768 << 10;

  private TileHeight() {}

  /** A power of two. */
  static int rows(int width, int units) {
    int rows = MAX;
    while (rows > MIN && !fits(rows, width, units)) {
      rows /= 2;
    }
    return rows;
  }

  private static boolean fits(long rows, long width, long units) {
    return rows * units * Float.BYTES <= HIDDEN_BYTES
        && rows * (width + units) * Float.BYTES <= TILE_BYTES;
  }
}
