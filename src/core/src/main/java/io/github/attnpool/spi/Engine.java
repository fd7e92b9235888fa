package io.github.attnpool.spi;

import io.github.attnpool.Outputs;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.Sequences;
import java.util.Optional;

/**
 * Parameters prepared for forward calls by one backend. Shared freely between threads. The layer
 * has checked shapes, sizes and lifetimes of every argument, and keeps the engine open for the
 * duration of a call.
 */
public interface Engine extends AutoCloseable {
  /** Writes every result that {@code out} holds. */
  void forward(Sequences in, Outputs out);

  /** The same, from keys. */
  void forward(ProjectedKeys keys, Outputs out);

  /** Writes the units, and the rows where it has them, of keys. */
  void fill(ProjectedKeys keys);

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
