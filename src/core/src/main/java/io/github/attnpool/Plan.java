package io.github.attnpool;

/** How a backend orders the work of one forward. */
public enum Plan {
  /**
   * The textbook steps one after another over the whole batch: projection to the hidden units,
   * scores, softmax, weighted sum. The readable reference of each backend.
   */
  STAGED,
  /**
   * Tiles of rows that go from x to the results while they are in the cache. The default, and the
   * fast one.
   */
  FUSED
}
