package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.DeviceBuffer;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.device.PinnedBuffer;
import io.github.attnpool.internal.cuda.nvidia.StreamApi;
import io.github.attnpool.internal.cuda.parameters.DeviceMatmul;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.lifetime.Releases;
import java.util.Optional;

/**
 * What one call needs while it runs: three streams, events between them, and scratch memory. Used
 * by one thread at a time, whose current device must be the slot's.
 */
final class CallSlot implements AutoCloseable {
  /** Chunks of rows that are worked on at once. */
  static final int STAGES = 2;

  private final Releases releases = new Releases();
  private final LaunchQueue compute;
  private final LaunchQueue multiply;
  private final LaunchQueue copy;
  private final long[] copied = new long[STAGES];
  private final long[] multiplied = new long[STAGES];
  private final long[] consumed = new long[STAGES];
  private final PinnedBuffer[] hostStages = new PinnedBuffer[STAGES];
  private final DeviceBuffer[] deviceStages = new DeviceBuffer[STAGES];
  private final PinnedBuffer tables;
  private final PinnedBuffer results;
  private final DeviceBuffer work;
  private final DeviceBuffer state;
  private final Optional<DeviceMatmul.Call> projection;
  private final Optional<DeviceMatmul.Call> hidden;

  CallSlot(DeviceParameters parameters, DeviceMemory memory) {
    try {
      compute = queue();
      multiply = queue();
      copy = queue();
      tables = pinned();
      results = pinned();
      work = device(memory, "intermediates");
      state = device(memory, "the state of a sequence");
      for (int i = 0; i < STAGES; i++) {
        copied[i] = event();
        multiplied[i] = event();
        consumed[i] = event();
        hostStages[i] = pinned();
        deviceStages[i] = device(memory, "rows of x");
      }
      projection = parameters.projection().map(this::call);
      hidden = parameters.hidden().map(this::call);
    } catch (RuntimeException | Error e) {
      releases.closeAfter(e);
      throw e;
    }
  }

  private LaunchQueue queue() {
    LaunchQueue queue = new LaunchQueue();
    releases.own(queue::close);
    return queue;
  }

  private PinnedBuffer pinned() {
    PinnedBuffer buffer = new PinnedBuffer(compute::forget);
    releases.own(buffer::close);
    return buffer;
  }

  private DeviceBuffer device(DeviceMemory memory, String what) {
    DeviceBuffer buffer = new DeviceBuffer(memory, what, compute::forget);
    releases.own(buffer::close);
    return buffer;
  }

  private long event() {
    long event = StreamApi.event();
    releases.own(() -> StreamApi.destroyEvent(event));
    return event;
  }

  private DeviceMatmul.Call call(DeviceMatmul matmul) {
    DeviceMatmul.Call call = matmul.new Call();
    releases.own(call::close);
    return call;
  }

  /** Returns the queue for what follows from hidden units; for everything if there is one chunk. */
  LaunchQueue compute() {
    return compute;
  }

  /** Returns the queue for hidden units, computed while those of the chunk before are used. */
  LaunchQueue multiply() {
    return multiply;
  }

  /** Returns the queue for rows that are copied while kernels run. */
  LaunchQueue copy() {
    return copy;
  }

  /** Returns the event after which a stage's rows are on the device. */
  long copied(int stage) {
    return copied[stage];
  }

  /** Returns the event after which a stage's hidden units are computed. */
  long multiplied(int stage) {
    return multiplied[stage];
  }

  /** Returns the event after which nothing needs a stage's rows and hidden units. */
  long consumed(int stage) {
    return consumed[stage];
  }

  PinnedBuffer hostStage(int stage) {
    return hostStages[stage];
  }

  DeviceBuffer deviceStage(int stage) {
    return deviceStages[stage];
  }

  /** Returns memory for tables on their way to the device. */
  PinnedBuffer tables() {
    return tables;
  }

  /** Returns memory for results on their way from the device. */
  PinnedBuffer results() {
    return results;
  }

  /** Returns memory for all intermediates of a piece. */
  DeviceBuffer work() {
    return work;
  }

  /** Returns memory for the state of a sequence that is added in parts. */
  DeviceBuffer state() {
    return state;
  }

  DeviceMatmul.Call projection() {
    return projection.orElseThrow();
  }

  DeviceMatmul.Call hidden() {
    return hidden.orElseThrow();
  }

  /** Waits for what is on the streams, and drops what is gathered. */
  void drain() {
    try (Releases all = new Releases()) {
      all.own(compute::drain);
      all.own(multiply::drain);
      all.own(copy::drain);
    }
  }

  /** Frees scratch memory; nothing may be running. */
  void shrink() {
    for (int i = 0; i < STAGES; i++) {
      hostStages[i].close();
      deviceStages[i].close();
    }
    tables.close();
    results.close();
    work.close();
    state.close();
  }

  @Override
  public void close() {
    releases.close();
  }
}
