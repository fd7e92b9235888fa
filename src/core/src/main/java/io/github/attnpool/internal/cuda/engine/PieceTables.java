package io.github.attnpool.internal.cuda.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.internal.cuda.kernels.KernelLibrary;
import io.github.attnpool.internal.cuda.kernels.TileRun;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/**
 * The tables that tell kernels where a piece's tiles and sequences are. In order: first rows of
 * tiles, first tiles and first rows of sequences (I64), sequences of tiles (I32), and the queries
 * if there are some (F32). Rows and sequences count from the piece's first.
 */
final class PieceTables {
  private final Piece piece;
  private final long sequenceTiles;
  private final long offsets;
  private final long tileSequences;
  private final long queries;
  private final long bytes;

  /**
   * @param queryWidth values of a query, 0 without
   */
  PieceTables(Piece piece, int queryWidth) {
    this.piece = piece;
    this.sequenceTiles = (piece.tiles() + 1) * Long.BYTES;
    this.offsets = sequenceTiles + (piece.sequences() + 1L) * Long.BYTES;
    this.tileSequences = offsets + (piece.sequences() + 1L) * Long.BYTES;
    long end = tileSequences + piece.tiles() * Integer.BYTES;
    this.queries = (end + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    this.bytes = queries + (long) piece.sequences() * queryWidth * Float.BYTES;
  }

  long bytes() {
    return bytes;
  }

  /** Writes the tables. */
  void fill(RowBatch in, MemorySegment to) {
    fillTiles(in.kept(), to);
    if (bytes > queries) {
      long from = (bytes - queries) / piece.sequences() * piece.sequence();
      MemorySegment.copy(in.queries(), from, to, queries, bytes - queries);
    }
  }

  /** Writes the tables of a part, which need only the number of its rows. */
  void fillPart(MemorySegment to) {
    fillTiles(KeptRows.NONE, to);
  }

  private void fillTiles(KeptRows kept, MemorySegment to) {
    long tile = 0;
    long row = 0;
    for (int b = 0; b < piece.sequences(); b++) {
      to.setAtIndex(JAVA_LONG, sequenceTiles / Long.BYTES + b, tile);
      to.setAtIndex(JAVA_LONG, offsets / Long.BYTES + b, row);
      long rows = piece.isPart() ? piece.rows() : kept.count(piece.sequence() + b);
      for (long first = 0; first < rows; first += KernelLibrary.TILE_ROWS) {
        to.setAtIndex(JAVA_LONG, tile, row + first);
        to.set(JAVA_INT, tileSequences + tile * Integer.BYTES, b);
        tile++;
      }
      row += rows;
    }
    to.setAtIndex(JAVA_LONG, tile, row);
    to.setAtIndex(JAVA_LONG, sequenceTiles / Long.BYTES + piece.sequences(), tile);
    to.setAtIndex(JAVA_LONG, offsets / Long.BYTES + piece.sequences(), row);
  }

  /** Returns the first row of a tile, from filled tables. */
  static long rowOfTile(MemorySegment tables, long tile) {
    return tables.getAtIndex(JAVA_LONG, tile);
  }

  /** Returns tiles of the piece, in a copy of the tables at an address. */
  TileRun tiles(long address, long from, long count) {
    return new TileRun(
        address + from * Long.BYTES, address + tileSequences + from * Integer.BYTES, count);
  }

  /** Returns the address of the sequences' first tiles. */
  long sequenceTiles(long address) {
    return address + sequenceTiles;
  }

  /** Returns the address of the sequences' first rows. */
  long offsets(long address) {
    return address + offsets;
  }

  /** Returns the address of the queries. */
  long queries(long address) {
    return address + queries;
  }
}
