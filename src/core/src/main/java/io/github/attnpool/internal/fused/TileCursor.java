package io.github.attnpool.internal.fused;

import io.github.attnpool.spi.KeptRows;

/**
 * Cuts the kept rows of a batch into tiles, in order. A sequence longer than a tile is cut into
 * blocks of a tile each, counted from its own first row; shorter sequences, and the rest of a
 * longer one, share a tile as far as whole ones fit. So where a sequence is cut depends on nothing
 * but its own length.
 */
final class TileCursor {
  private final int tileRows;
  private KeptRows kept = KeptRows.NONE;
  private int batch;
  private int sequence;
  private long row;
  private long ticket;
  private long keptBack; // rows that are not claimed early
  private final TileLock lock = new TileLock(); // of all of these

  TileCursor(int tileRows) {
    this.tileRows = tileRows;
  }

  void start(KeptRows kept, int batch) {
    this.kept = kept;
    this.batch = batch;
    this.sequence = 0;
    this.row = 0;
    this.ticket = 0;
    this.keptBack = 0;
  }

  /** Drops what belongs to the caller; nothing is left to claim. */
  void stop() {
    kept = KeptRows.NONE;
    batch = 0;
    sequence = 0;
  }

  /** Leaves the last rows to whoever is first to have nothing else to do. */
  void keepBack(long rows) {
    keptBack = rows;
  }

  /** Claims the next tile before the current one is done, unless few are left to share. */
  boolean nextEarly(Tile tile) {
    lock.lock();
    try {
      return kept.count() - row > keptBack && claim(tile);
    } finally {
      lock.unlock();
    }
  }

  /** Claims the next tile; false when there is none left. */
  boolean next(Tile tile) {
    lock.lock();
    try {
      return claim(tile);
    } finally {
      lock.unlock();
    }
  }

  private boolean claim(Tile tile) {
    while (sequence < batch && row == kept.first(sequence + 1)) {
      sequence++;
    }
    if (sequence == batch) {
      return false;
    }
    tile.ticket = ticket++;
    tile.sequence = sequence;
    tile.row = row;
    row = Math.min(row + tileRows, kept.first(sequence + 1));
    long end = tile.row + tileRows;
    while (row == kept.first(sequence + 1) && ++sequence < batch) {
      if (kept.first(sequence + 1) > end) {
        break;
      }
      row = kept.first(sequence + 1);
    }
    tile.rows = row - tile.row;
    return true;
  }
}
