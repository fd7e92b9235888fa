package io.github.attnpool.spi;

import java.util.Optional;

/**
 * Parameters prepared for forward calls by one backend. Shared freely between threads. The layer
 * has checked shapes, sizes and lifetimes of every argument, and keeps the engine open for the
 * duration of a call.
 */
public interface Engine extends AutoCloseable {
  /** Computes every output that {@code out} has room for. */
  void forward(EngineInput in, OutputMemory out);

  /** Computes the hidden units of keys, and their projected rows if the layer projects. */
  void fill(KeyBatch keys);

  /** For sequences that come in parts; empty where this engine wants them whole. */
  Optional<StreamEngine> stream();

  /** Whether it takes rows that lie on a device. */
  default boolean readsDeviceMemory() {
    return false;
  }

  /** Instruction-set tier of the kernels in use. */
  String isa();

  /** Threads that one forward call may use. */
  int threads();

  /** Frees what the engine holds. Called once, when no forward call is running. */
  @Override
  void close();
}
