package io.github.attnpool;

import io.github.attnpool.spi.Availability;
import io.github.attnpool.spi.Backend;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.StreamEngine;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend whose calls last as long as a test wants, and which counts. */
final class FakeBackend implements Backend {
  final AtomicInteger running = new AtomicInteger();
  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  final AtomicInteger closedWhileRunning = new AtomicInteger();

  /** Calls wait for it. */
  volatile CountDownLatch door = new CountDownLatch(0);

  /** What calls do. */
  volatile Runnable work = () -> {};

  /** Calls throw it, if it is not null. */
  volatile Error failure;

  /** Calls that run at once. */
  int maxCalls = Integer.MAX_VALUE;

  /** Of rows of two values. */
  AttentionPooling layer() {
    return layer(AttentionParameters.linear(Linear.of(1, 2, new float[2])));
  }

  AttentionPooling layer(AttentionParameters parameters) {
    return new AttentionPooling(
        parameters,
        this,
        new EngineOptions(Plan.STAGED, Precision.F32, 1, EmptySequencePolicy.ZERO));
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public int rank() {
    return -1;
  }

  @Override
  public Availability availability() {
    return Availability.yes("fake");
  }

  @Override
  public Optional<String> lacks(AttentionParameters parameters, Plan plan) {
    return Optional.empty();
  }

  @Override
  public Engine compile(AttentionParameters parameters, EngineOptions options) {
    return new FakeEngine();
  }

  private final class FakeEngine implements Engine {
    @Override
    public void forward(EngineInput in, OutputMemory out) {
      running.incrementAndGet();
      calls.incrementAndGet();
      try {
        door.await();
        work.run();
        if (failure != null) {
          throw failure;
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } finally {
        running.decrementAndGet();
      }
    }

    @Override
    public void fill(KeyBatch keys) {
      calls.incrementAndGet();
    }

    @Override
    public Optional<StreamEngine> stream() {
      return Optional.empty();
    }

    @Override
    public String isa() {
      return "none";
    }

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public int maxCalls() {
      return maxCalls;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
      closedWhileRunning.addAndGet(running.get());
    }
  }
}
