package io.github.attnpool.spi;

import java.util.Optional;

/**
 * Parameters prepared for forward calls by one backend. Shared freely between threads. The layer
 * has checked shapes, sizes and lifetimes of every argument, and keeps the engine open for the
 * duration of a call.
 */
public interface Engine extends AutoCloseable {
  /**
   * Computes every output that {@code out} has room for.
   *
   * @param in rows or keys
   * @param out overwritten
   */
  void forward(EngineInput in, OutputMemory out);

  /**
   * Computes the hidden units of keys, and their projected rows if the layer projects.
   *
   * @param keys memory to fill
   */
  void fill(KeyBatch keys);

  /** {@return what pools sequences in parts; empty if this engine wants them whole} */
  Optional<StreamEngine> stream();

  /** {@return whether this engine takes rows that lie on a device} */
  default boolean readsDeviceMemory() {
    return false;
  }

  /** {@return whether this engine adds a bias to the scores} */
  default boolean addsScoreBias() {
    return false;
  }

  /** {@return the instruction-set tier of the kernels in use} */
  String isa();

  /** {@return the number of threads that one forward call may use} */
  int threads();

  /**
   * {@return how many calls of platform threads this engine runs at once, at least 1} The layer has
   * further ones wait, first come, first served. Virtual threads are not counted: they do not wait,
   * and no more of them run than there are carrier threads.
   */
  default int maxCalls() {
    return Integer.MAX_VALUE;
  }

  /** Frees what the engine holds. Called once, when no forward call is running. */
  @Override
  void close();
}
