package io.github.attnpool.internal.fused;

import io.github.attnpool.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * The arithmetic on one tile, with the scratch memory of one thread. A tile is opened first; what
 * follows names its rows by their place in it. Offsets are in bytes.
 *
 * <p>A <i>state</i> is the softmax over some rows of one head, unfinished: {@link StateLayout}.
 */
public interface TileMath extends AutoCloseable {
  /**
   * Tells what this thread will read in the tile after the one that is opened next, so that it can
   * be brought into the cache meanwhile. Only a hint.
   */
  default void expect(MemorySegment x, long offset, long bytes) {}

  /** Tells whether the tiles to come are BF16 or F32. */
  void rowsAreBf16(boolean bf16);

  /**
   * Opens a tile: projects its rows, if the layer does, and multiplies their hidden units. Both
   * stay here until the next tile.
   *
   * @param x holds the rows from {@code xOffset} on
   * @param rows at least 1, at most a tile
   */
  void open(MemorySegment x, long xOffset, long rows);

  /**
   * Opens a tile whose hidden units are at hand, F32; its rows are those to be pooled.
   *
   * @param units holds the rows' hidden units from {@code unitsOffset} on
   */
  void open(MemorySegment x, long xOffset, MemorySegment units, long unitsOffset, long rows);

  /** Copies the open tile's hidden units, F32. */
  void copyUnits(long rows, MemorySegment units, long unitsOffset);

  /** Copies the open tile's projected rows, F32. */
  void copyProjected(long rows, MemorySegment projected, long rowsOffset);

  /**
   * Scores of every head for some rows of the open tile: {@code scores[head·stride + t]}. A row's
   * scores are the same bits whatever the other rows are, and however many.
   *
   * @param bias the hidden map's bias and a query term, as {@link #biases} makes them, from {@code
   *     biasOffset} on; or null for the bias alone
   * @param stride distance between the heads in {@code scores}, in floats
   */
  void score(
      long first,
      long rows,
      MemorySegment bias,
      long biasOffset,
      MemorySegment scores,
      long scoresOffset,
      long stride);

  /**
   * The states of one block of rows of the open tile, for all heads.
   *
   * @param scores holds the block's scores from {@code scoresOffset} on
   * @param stride values from one head's scores to the next one's
   * @param states overwritten, in their {@link StateLayout}
   */
  void pool(
      long first,
      long rows,
      MemorySegment scores,
      long scoresOffset,
      long stride,
      MemorySegment states);

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
    copyRows(from, fromOffset, bytes, 1, bytes, to, toOffset);
  }

  /**
   * Copies rows to where they lie side by side, both native.
   *
   * @param fromPitch bytes from one row to the next
   */
  default void copyRows(
      MemorySegment from,
      long fromOffset,
      long fromPitch,
      long rows,
      long rowBytes,
      MemorySegment to,
      long toOffset) {
    for (long i = 0; i < rows; i++) {
      MemorySegment.copy(from, fromOffset + i * fromPitch, to, toOffset + i * rowBytes, rowBytes);
    }
  }

  /**
   * Converts rows of x from another type in native memory to F32, if this arithmetic has a kernel
   * for it.
   *
   * @param pitch elements from one row to the next in x
   * @return whether it has
   */
  default boolean widen(
      ElementType type,
      MemorySegment x,
      long xOffset,
      long rows,
      long pitch,
      MemorySegment wide,
      long wideOffset) {
    return false;
  }

  /**
   * The hidden map's bias plus each query's term, F32 [batch, D].
   *
   * @param queries F32 [batch, Q]
   */
  void biases(MemorySegment queries, long batch, MemorySegment biases);

  /** The output layer: logits [batch,O] of contexts [batch,R,H]. */
  void output(MemorySegment contexts, long batch, MemorySegment logits);

  @Override
  void close();
}
