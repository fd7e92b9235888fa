package io.github.attnpool.internal.fused;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic on one tile, with the scratch memory of one thread. Offsets are in bytes.
 *
 * <p>A <i>state</i> is the softmax over some rows of one head, unfinished: {@link StateLayout}.
 */
public interface TileMath extends AutoCloseable {
  /**
   * Tells what this thread will read in the tile after the one that is scored next, so that it can
   * be brought into the cache meanwhile. Only a hint.
   */
  default void expect(MemorySegment x, long offset, long bytes) {}

  /**
   * Scores of every head: {@code scores[head·stride + t] = a·f(W·x_t + b) + c}. A row's scores are
   * the same bits whatever the other rows are, and however many.
   *
   * @param x holds the rows from {@code xOffset} on
   * @param rows at least 1, at most a tile
   * @param stride distance between the heads in {@code scores}, in floats
   */
  void score(MemorySegment x, long xOffset, long rows, MemorySegment scores, long stride);

  /**
   * The state of one block of rows for one head.
   *
   * @param scores holds the block's scores from {@code scoresOffset} on
   * @param state overwritten from {@code stateOffset} on
   */
  void pool(
      MemorySegment x,
      long xOffset,
      long rows,
      MemorySegment scores,
      long scoresOffset,
      MemorySegment state,
      long stateOffset);

  /** Merges the state of later rows into one. */
  void merge(MemorySegment state, long stateOffset, MemorySegment later, long laterOffset);

  /** The context that a state stands for. */
  void finish(MemorySegment state, long stateOffset, MemorySegment contexts, long contextOffset);

  /** Turns scores into weights, in place. */
  void weigh(
      MemorySegment scores, long scoresOffset, long rows, MemorySegment state, long stateOffset);

  /** Copies between scratch memory and the caller's, both native; at least one byte. */
  default void copy(
      MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
    MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
  }

  /**
   * Converts BF16 rows in native memory to F32, if this arithmetic has a kernel for it.
   *
   * @return whether it has
   */
  default boolean widen(
      MemorySegment x, long xOffset, long rows, MemorySegment wide, long wideOffset) {
    return false;
  }

  /** The output layer: logits [batch,O] of contexts [batch,R·H]. */
  void output(MemorySegment contexts, long batch, MemorySegment logits);

  /** Tells whether the tiles to come are BF16 or F32. */
  void rowsAreBf16(boolean bf16);

  @Override
  void close();
}
