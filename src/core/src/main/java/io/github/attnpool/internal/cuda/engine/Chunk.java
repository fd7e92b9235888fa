package io.github.attnpool.internal.cuda.engine;

/**
 * Rows of a piece that go through the device together.
 *
 * @param number in the piece, from 0
 * @param row number of its first kept row in the batch
 * @param first number of its first row in the piece
 * @param firstTile number of its first tile in the piece
 */
record Chunk(int number, long row, long first, long rows, long firstTile, long tiles) {
  /** Returns which of the memory for chunks it takes. */
  int stage() {
    return number % CallSlot.STAGES;
  }

  /** Returns whether an earlier chunk took that memory. */
  boolean isReuse() {
    return number >= CallSlot.STAGES;
  }
}
