package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.RowBatch;
import java.util.ArrayList;
import java.util.List;

/** Cuts batches into pieces. */
public final class Pieces {
  private final WorkLimits limits;

  public Pieces(WorkLimits limits) {
    this.limits = limits;
  }

  /**
   * Cuts a batch into whole sequences. One with more rows than a piece may have is a piece alone,
   * which {@link WorkLimits#isTooLong} tells.
   *
   * @param square whether sequences are padded to the longest
   */
  public List<Piece> of(RowBatch in, boolean square) {
    KeptRows kept = in.kept();
    List<Piece> pieces = new ArrayList<>();
    int first = 0;
    long tiles = 0;
    long longest = 0;
    for (int b = 0; b < in.batch(); b++) {
      long rows = kept.count(b);
      long more = Piece.tiles(rows);
      long highest = Math.max(longest, rows);
      long taken = square ? highest * (b + 1 - first) : kept.first(b + 1) - kept.first(first);
      if (b > first
          && (taken > limits.pieceRows()
              || tiles + more > limits.pieceTiles()
              || b + 1 - first > limits.pieceSequences())) {
        pieces.add(piece(kept, first, b, tiles, longest));
        first = b;
        tiles = 0;
        highest = rows;
      }
      tiles += more;
      longest = highest;
    }
    if (first < in.batch()) {
      pieces.add(piece(kept, first, in.batch(), tiles, longest));
    }
    return pieces;
  }

  private static Piece piece(KeptRows kept, int from, int to, long tiles, long longest) {
    long row = kept.first(from);
    return new Piece(from, to - from, row, kept.first(to) - row, tiles, longest, false);
  }
}
