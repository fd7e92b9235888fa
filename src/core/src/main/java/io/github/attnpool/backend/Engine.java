package io.github.attnpool.backend;

import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;

/** Parameters prepared for forward calls by one backend. Shared freely between threads. */
public interface Engine extends AutoCloseable {
  /**
   * Writes every result that {@code out} holds. The layer has checked shapes, sizes and lifetimes,
   * and keeps the engine open for the duration of the call.
   */
  void forward(Sequences in, Pooled out);

  /** Instruction-set tier of the kernels in use. */
  String isa();

  /** Threads that one forward call may use. */
  int threads();

  /** Frees what the engine holds. Called once, when no forward call is running. */
  @Override
  void close();
}
