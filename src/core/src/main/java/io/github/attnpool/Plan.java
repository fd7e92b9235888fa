package io.github.attnpool;

/** The order of the work in a forward call. */
public enum Plan {
  /**
   * The textbook steps one after another over the whole batch: projection to the hidden units,
   * scores, softmax, weighted sum. The readable reference of each backend.
   */
  STAGED,
  /**
   * All steps on one tile of rows after another, while the tile is in the cache. The default, and
   * the fast one.
   */
  FUSED
}
