package io.github.attnpool.internal.onednn;

/** Computes scores of rows of the open tile. Of one thread, which has pinned OpenMP. */
interface NativeScorer extends TilePart {
  /** Multiplies the rows of a tile by the first maps. */
  void open(OpenRows tile);

  /** Notes the places of rows in their sequence. */
  void place(long first, long rows, long place);

  /**
   * Computes scores.
   *
   * @param bias of the first hidden map and a query's term, or 0
   */
  void score(long first, long rows, long bias);
}
