package io.github.attnpool.spi;

import java.lang.foreign.MemorySegment;

/**
 * Pools one sequence that comes in parts. What is known of it so far is its <i>state</i>: for each
 * head or channel the largest score m, s = Σ exp(e − m), and Σ exp(e − m)·v of the values v, all
 * float64; where contexts hold standard deviations, the squares of v about their mean too.
 */
public interface StreamEngine {
  /** {@return the number of kept rows whose sums make one partial state} */
  int blockRows();

  /** {@return the number of bytes of a state} */
  long stateBytes();

  /**
   * Sets a state to that of no rows.
   *
   * @param state of {@link #stateBytes} bytes
   */
  void clear(MemorySegment state);

  /**
   * Adds rows to a state.
   *
   * @param part one sequence
   * @param state changed in place
   */
  void add(RowBatch part, MemorySegment state);

  /**
   * Adds rows to a state and keeps their scores.
   *
   * @param part one sequence
   * @param state changed in place
   * @param scores [R, the part's positions], F32, overwritten
   */
  void add(RowBatch part, MemorySegment state, MemorySegment scores);

  /**
   * Adds all rows of another state to one.
   *
   * @param state of {@link #stateBytes} bytes
   * @param other a state, unchanged
   */
  void merge(MemorySegment state, MemorySegment other);

  /**
   * Writes the context of a state. The state stays as it is, so that more rows may follow.
   *
   * @param state of {@link #stateBytes} bytes
   * @param context [contexts, width], F32, overwritten
   */
  void finish(MemorySegment state, MemorySegment context);

  /**
   * Writes the context and the logits of a state. The state stays as it is.
   *
   * @param state of {@link #stateBytes} bytes
   * @param context [contexts, width], F32, overwritten
   * @param logits [O], F32, overwritten
   */
  void finish(MemorySegment state, MemorySegment context, MemorySegment logits);

  /**
   * Turns scores of rows that are in the state into their weights, in place.
   *
   * @param scores F32, of one head
   * @param head 0 to R − 1
   * @param state of {@link #stateBytes} bytes
   */
  void weigh(MemorySegment scores, int head, MemorySegment state);
}
