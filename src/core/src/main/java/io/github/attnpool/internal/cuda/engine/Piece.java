package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.kernels.KernelLibrary;

/**
 * A stretch of a batch that goes through the device at once: whole sequences, or a part of one that
 * is too long.
 *
 * @param sequence the first
 * @param row number of its first kept row
 * @param rows kept rows of all
 * @param longest kept rows of the longest sequence
 * @param isPart whether the sequence has rows before or after it
 */
public record Piece(
    int sequence, int sequences, long row, long rows, long tiles, long longest, boolean isPart) {

  /** Returns the number of tiles of so many rows of one sequence. */
  static long tiles(long rows) {
    return (rows + KernelLibrary.TILE_ROWS - 1) / KernelLibrary.TILE_ROWS;
  }

  /** Returns a part of a sequence. */
  static Piece part(int sequence, long row, long rows) {
    return new Piece(sequence, 1, row, rows, tiles(rows), rows, true);
  }
}
