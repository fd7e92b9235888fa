package io.github.attnpool.internal.cuda.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Cuts pieces into chunks. */
final class Chunks {
  private Chunks() {}

  /**
   * Cuts a piece into whole tiles, into as few chunks as possible, of about the same length.
   *
   * @param tables of the piece, filled
   * @param mostRows of a chunk
   */
  static List<Chunk> of(Piece piece, MemorySegment tables, long mostRows) {
    int count = (int) Math.min((piece.rows() + mostRows - 1) / mostRows, piece.tiles());
    List<Chunk> chunks = new ArrayList<>(count);
    long tile = 0;
    for (int number = 0; number < count; number++) {
      long next = end(piece, tables, tile, number + 1, count);
      long first = PieceTables.rowOfTile(tables, tile);
      long rows = PieceTables.rowOfTile(tables, next) - first;
      chunks.add(new Chunk(number, piece.row() + first, first, rows, tile, next - tile));
      tile = next;
    }
    return chunks;
  }

  /** Returns the tile that ends a chunk which starts at a tile; a tile is left for each other. */
  private static long end(Piece piece, MemorySegment tables, long tile, int chunk, int count) {
    long row = Math.ceilDiv(piece.rows() * chunk, count);
    long last = piece.tiles() - (count - chunk);
    long end = tile + 1;
    while (end < last && PieceTables.rowOfTile(tables, end + 1) <= row) {
      end++;
    }
    return end;
  }

  /** Returns the rows of the longest one; 0 without any. */
  static long mostRows(List<Chunk> chunks) {
    return chunks.stream().mapToLong(Chunk::rows).max().orElse(0);
  }
}
