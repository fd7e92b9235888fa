package io.github.attnpool.internal.fused;

import io.github.attnpool.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * The arithmetic on one tile, with the scratch memory of one thread. A tile is opened first; what
 * follows names its rows by their place in it. The scores of its rows and the state of its last
 * block stay here. Offsets are in bytes.
 *
 * <p>A <i>state</i> is the softmax over some rows of one head, unfinished. The states of all heads
 * lie together, as {@link StateMemory} says. They are without ε of the softmax, which comes in when
 * contexts and weights are made.
 */
public interface TileMath extends AutoCloseable {
  /**
   * Tells what this thread will read in the tile after the one that is opened next, so that it can
   * be brought into the cache meanwhile. Only a hint.
   */
  default void expect(MemorySegment x, long offset, long bytes) {}

  /**
   * Opens a tile: projects its rows, if the layer does, and multiplies their hidden units. Both
   * stay here until the next tile.
   *
   * @param x holds the rows from {@code xOffset} on
   * @param type of x, one that the program takes
   * @param rows at least 1, at most a tile
   */
  void open(MemorySegment x, long xOffset, ElementType type, long rows);

  /**
   * Opens a tile whose hidden units are given, F32; its rows are those to be pooled.
   *
   * @param type of x: F32, or one that the program takes
   * @param units holds the rows' hidden units from {@code unitsOffset} on
   */
  void open(
      MemorySegment x,
      long xOffset,
      ElementType type,
      MemorySegment units,
      long unitsOffset,
      long rows);

  /** Copies the open tile's hidden units, F32. */
  void copyUnits(long rows, MemorySegment units, long unitsOffset);

  /** Copies the open tile's projected rows, F32. */
  void copyProjected(long rows, MemorySegment projected, long rowsOffset);

  /**
   * Tells the places of rows of the open tile in their sequence, for a layer with a step bias: the
   * first one's, and those after it follow.
   */
  void place(long first, long rows, long place);

  /**
   * Computes the scores of every head for rows of the open tile. A row's scores are the same bits
   * whatever the other rows are, and however many.
   */
  void score(long first, long rows);

  /**
   * Computes scores with a query term.
   *
   * @param biases the hidden map's bias plus the query's term from {@code biasOffset} on, as {@link
   *     #biases} makes them
   */
  void score(long first, long rows, MemorySegment biases, long biasOffset);

  /** Adds to scores of one head the values from {@code from} on. */
  void addToScores(int head, long first, long rows, float[] values, int from);

  /**
   * Copies scores of all heads, or the weights that they have become, to native memory.
   *
   * @param rows at least 1
   * @param toOffset where the first head's go, in bytes
   * @param headPitch bytes from there to where the next head's go
   */
  void copyScores(long first, long rows, MemorySegment to, long toOffset, long headPitch);

  /** Computes the states of one block of scored rows, for all heads: {@link #block}. */
  void pool(long first, long rows);

  /** Returns the states of the last block; overwritten by the next one. */
  MemorySegment block();

  /**
   * Turns scores of one head into weights, in place, by the state of the last block. Not with a
   * softmax per channel: there scores are turned into weights where they have been copied to.
   */
  void weigh(int head, long first, long rows);

  /** Turns scores of one head into weights, in place, by a state. */
  void weigh(MemorySegment states, int head, MemorySegment scores, long scoresOffset, long rows);

  /** Merges the states of later rows of a sequence into those of earlier ones. */
  void merge(MemorySegment states, MemorySegment later);

  /** Writes the contexts of a sequence. Its states stay as they are. */
  void finish(MemorySegment states, MemorySegment contexts, long contextOffset);

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
   * Writes the hidden map's bias plus each query's term, F32 [batch, D].
   *
   * @param queries F32 [batch, Q]
   */
  void biases(MemorySegment queries, long batch, MemorySegment biases);

  /** Applies the output: logits [batch, O] of contexts [batch, contexts, width]. */
  void output(MemorySegment contexts, long batch, MemorySegment logits);

  @Override
  void close();
}
