package io.github.attnpool.internal.onednn;

import java.lang.foreign.MemorySegment;

/** Softmax states of one kind and what comes of them. Of one thread. */
interface StatePooling extends TilePart {
  /**
   * Writes the states of some rows.
   *
   * @param values address of what is pooled of the first one
   * @param bf16 whether that is BF16; otherwise F32
   * @param first the first one's place in the tile
   */
  void pool(long values, boolean bf16, long first, long rows, ScoreMatrix scores, long to);

  /** Merges states of later rows. */
  void merge(MemorySegment states, MemorySegment later);

  /** Writes the contexts of a sequence. */
  void finish(MemorySegment states, long contexts);

  /** Turns scores of a head into weights, in place; zeros where the state is empty. */
  void weigh(MemorySegment states, int head, long scores, long rows);
}
