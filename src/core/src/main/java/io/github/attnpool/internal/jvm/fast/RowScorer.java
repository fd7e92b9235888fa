package io.github.attnpool.internal.jvm.fast;

/** Computes scores of rows of the open tile. Scratch of one thread. */
interface RowScorer {
  /**
   * Scores of some rows.
   *
   * @param bias of the first hidden map and a query's term, filled up to whole vectors; unused if
   *     there is no hidden map
   * @param shared whether there are several calls for one tile, which then share the units
   */
  void score(int first, int count, float[] bias, boolean shared);
}
