package io.github.attnpool;

import io.github.attnpool.internal.backends.BackendChoice;
import io.github.attnpool.internal.lifetime.CallGate;
import io.github.attnpool.spi.Backend;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.StreamEngine;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * A layer's engine, which is used only as it may be: while it is open, and on memory that it reads.
 * Freed once, when it is closed or forgotten.
 */
final class GuardedEngine implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Engine engine;
  private final LayerInfo info;
  private final CallGate gate;
  private final Cleaner.Cleanable resources;

  private GuardedEngine(Engine engine, LayerInfo info) {
    this.engine = engine;
    this.info = info;
    this.gate = new CallGate("layer", engine.maxCalls());
    this.resources = CLEANER.register(this, engine::close);
  }

  static GuardedEngine of(
      AttentionParameters parameters, BackendChoice choice, EngineOptions options) {
    Backend backend = choice.backend();
    StackReserve.check(); // or a first call near the end of a stack would have to initialise it
    Engine engine = backend.compile(parameters, options);
    try {
      return new GuardedEngine(
          engine,
          new LayerInfo(
              backend.name(),
              engine.isa(),
              options.plan(),
              options.precision(),
              engine.threads(),
              choice.notices()));
    } catch (RuntimeException | Error e) { // of a backend from elsewhere
      engine.close();
      throw e;
    }
  }

  /** Computes every output that {@code out} has room for. */
  void forward(EngineInput in, OutputMemory out) {
    checkTakes(in.rows());
    StackReserve.check();
    gate.enter();
    try {
      engine.forward(in, out);
    } catch (InternalError e) {
      throw unreadable(e);
    } finally {
      gate.leave();
      // Or a cleaner could free what native code works on by address.
      Reference.reachabilityFence(this);
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(out);
    }
  }

  /** Computes what keys have room for. */
  void fill(KeyBatch keys) {
    try {
      within(() -> engine.fill(keys));
    } finally {
      Reference.reachabilityFence(keys);
    }
  }

  /** Runs something that needs the engine to stay open. */
  void within(Runnable use) {
    StackReserve.check();
    gate.enter();
    try {
      use.run();
    } catch (InternalError e) {
      throw unreadable(e);
    } finally {
      gate.leave();
      Reference.reachabilityFence(this);
    }
  }

  /** The JVM's report of a page that a memory-mapped file no longer has. */
  private static AttnPoolException unreadable(InternalError e) {
    return new AttnPoolException(
        "forward", "memory of x or of the results could not be read: was a mapped file cut?", e);
  }

  /** Checks that the engine reads rows where they lie, and adds a bias if there is one. */
  void checkTakes(RowBatch in) {
    if (in.isOnDevice() && !engine.readsDeviceMemory()) {
      throw new AttnPoolException(
          "forward",
          "x lies in device memory, backend " + info.backend() + " reads host memory only");
    }
    if (in.hasScoreBias() && !engine.addsScoreBias()) {
      throw new AttnPoolException(
          "forward",
          "there is a bias for the scores, which backend %s with plan %s does not add; use"
                  .formatted(info.backend(), info.plan())
              + " backend onednn with plan FUSED, or backend jvm");
    }
  }

  /**
   * For sequences that come in parts.
   *
   * @throws AttnPoolException if the engine wants them whole
   */
  StreamEngine stream() {
    return engine.stream()
        .orElseThrow(
            () ->
                new AttnPoolException(
                    "pooling state", "plan " + info.plan() + " wants sequences whole; use FUSED"));
  }

  LayerInfo info() {
    return info;
  }

  /** Stands for this engine without keeping it from being forgotten. */
  Object identity() {
    return gate;
  }

  /** Waits for running calls; does nothing when it is closed already. */
  @Override
  public void close() {
    if (gate.close()) {
      resources.clean();
    }
  }
}
