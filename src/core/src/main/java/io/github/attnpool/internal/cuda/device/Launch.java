package io.github.attnpool.internal.cuda.device;

/** Work for a stream. Equal launches are the same work, so that a graph of one serves the other. */
public interface Launch {
  /** Puts the work on a stream. */
  void on(long stream);
}
