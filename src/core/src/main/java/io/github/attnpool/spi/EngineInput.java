package io.github.attnpool.spi;

/**
 * Input of a forward call: rows of x, or rows whose hidden units are already multiplied. Made once,
 * when the caller makes the public object, so that a call allocates nothing. The layer has checked
 * shapes, sizes and lifetimes.
 */
public sealed interface EngineInput permits RowBatch, KeyBatch {
  /** {@return the rows of the batch: bounds, kept rows, queries, and x} */
  RowBatch rows();
}
