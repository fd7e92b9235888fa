package io.github.attnpool.internal.jvm.fast;

import java.lang.foreign.MemorySegment;

/** Softmax states of one kind and what comes of them. Scratch of one thread. */
interface TilePooling {
  /** Writes the states of some rows of the open tile: in float32, as they are at most a tile. */
  void pool(int first, int count, TileScores scores, MemorySegment to);

  /** Merges states of later rows. */
  void merge(MemorySegment states, MemorySegment later);

  /** Writes the contexts of a sequence. */
  void finish(MemorySegment states, MemorySegment contexts, long offset);

  /** Turns scores of a head in the tile into weights, in place; zeros where the state is empty. */
  void weigh(MemorySegment states, int head, int first, int count, TileScores scores);

  /** Turns any number of scores of a head into weights, in place. */
  void weigh(MemorySegment states, int head, MemorySegment scores, long offset, long rows);
}
