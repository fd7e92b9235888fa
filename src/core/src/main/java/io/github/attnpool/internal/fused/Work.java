package io.github.attnpool.internal.fused;

import io.github.attnpool.Output;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/**
 * What one call is to do, and the caller's memory for it. One of four: pool sequences; the same
 * from keys; fill keys; add a part of a sequence to a state. Reused, so that a call allocates
 * nothing.
 */
final class Work {
  private RowBatch in;
  private KeyBatch keys;
  private boolean fillsKeys;
  private MemorySegment state; // of a sequence that comes in parts, else null
  private MemorySegment contexts; // null where none are wanted
  private MemorySegment weights; // null where none are wanted
  private MemorySegment scores; // null where none are wanted

  /** The hidden map's bias and query term of each sequence; null where there are no queries. */
  private MemorySegment biases;

  /**
   * Pools whole sequences.
   *
   * @param keys of the sequences, or null
   * @param contexts null if neither contexts, logits nor weights are wanted
   */
  void pool(
      RowBatch in, KeyBatch keys, OutputMemory out, MemorySegment contexts, MemorySegment biases) {
    this.in = in;
    this.keys = keys;
    this.contexts = contexts;
    this.biases = biases;
    this.weights = out.has(Output.WEIGHTS) ? out.weights() : null;
    this.scores = out.has(Output.SCORES) ? out.scores() : null;
  }

  void fill(KeyBatch keys) {
    this.in = keys.rows();
    this.keys = keys;
    this.fillsKeys = true;
  }

  void add(RowBatch part, MemorySegment state, MemorySegment scores, MemorySegment biases) {
    this.in = part;
    this.state = state;
    this.scores = scores;
    this.biases = biases;
  }

  /** Drops what belongs to the caller. */
  void clear() {
    in = null;
    keys = null;
    fillsKeys = false;
    state = null;
    contexts = null;
    weights = null;
    scores = null;
    biases = null;
  }

  /** Whether threads that the given test lets through may use all of the caller's memory. */
  boolean mayBeUsedBy(WorkerPool pool) {
    return pool.mayUse(in.x())
        && mayUse(pool, state)
        && mayUse(pool, contexts)
        && mayUse(pool, weights)
        && mayUse(pool, scores)
        && mayUse(pool, biases)
        && (keys == null
            || (pool.mayUse(keys.units())
                && (!keys.isProjected() || pool.mayUse(keys.projected()))));
  }

  private static boolean mayUse(WorkerPool pool, MemorySegment segment) {
    return segment == null || pool.mayUse(segment);
  }

  RowBatch in() {
    return in;
  }

  /** Whether hidden units are at hand. */
  boolean hasKeys() {
    return keys != null && !fillsKeys;
  }

  boolean fillsKeys() {
    return fillsKeys;
  }

  KeyBatch keys() {
    return keys;
  }

  /** Whether rows are pooled, not only scored. */
  boolean pools() {
    return contexts != null || state != null;
  }

  /** Whether this is a part of a sequence. */
  boolean isPart() {
    return state != null;
  }

  MemorySegment state() {
    return state;
  }

  MemorySegment contexts() {
    return contexts;
  }

  MemorySegment weights() {
    return weights;
  }

  MemorySegment scores() {
    return scores;
  }

  MemorySegment biases() {
    return biases;
  }
}
