package io.github.attnpool.internal.cuda.kernels;

/**
 * A run of tiles, in device memory.
 *
 * @param rows the first row of each, and the end of the last; I64
 * @param sequences the sequence of each; I32
 */
public record TileRun(long rows, long sequences, long count) {
  /** No tiles, for launches that need none. */
  static final TileRun NONE = new TileRun(0, 0, 0);
}
