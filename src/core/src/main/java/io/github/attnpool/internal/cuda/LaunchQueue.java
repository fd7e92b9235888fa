package io.github.attnpool.internal.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * A stream and what is put on it. Launches go to the stream one by one; or, from {@link #gather} on
 * until somebody waits, are gathered and go together, as one graph when the same were put before.
 * Used by one thread at a time, whose current device must be the stream's.
 */
final class LaunchQueue implements AutoCloseable {
  private final long stream;
  private final LaunchGraphs graphs;
  private final List<Launched> gathered = new ArrayList<>();
  private boolean gathers;

  LaunchQueue() {
    this.stream = CudaRuntime.stream();
    this.graphs = new LaunchGraphs(stream);
  }

  /** The stream itself, for what cannot be gathered. */
  long stream() {
    if (gathers) {
      throw new IllegalStateException("launches are gathered: nothing may overtake them");
    }
    return stream;
  }

  /** Gathers what is put from now on. */
  void gather() {
    gathers = true;
  }

  /** Puts work on the stream. */
  void put(Launch launch, long... numbers) {
    if (gathers) {
      gathered.add(new Launched(launch, numbers));
    } else {
      launch.on(stream, numbers);
    }
  }

  /** Waits until everything that was put is done. */
  void await() {
    if (gathers) {
      gathers = false;
      try {
        graphs.run(List.copyOf(gathered));
      } finally {
        gathered.clear();
      }
    }
    CudaRuntime.synchronize(stream);
  }

  /** After a failure: drops what is gathered, and waits for what is on the stream. */
  void drain() {
    gathers = false;
    gathered.clear();
    CudaRuntime.synchronize(stream);
  }

  /** Must be called before memory is freed that launches named: graphs hold addresses. */
  void forget() {
    graphs.close();
  }

  /** Graphs of launches that came again. */
  long graphs() {
    return graphs.count();
  }

  /** The event is when everything now on the stream is done. */
  void record(long event) {
    CudaRuntime.record(event, stream());
  }

  /** What is put from now on waits for the event. */
  void waitFor(long event) {
    CudaRuntime.waitFor(stream(), event);
  }

  @Override
  public void close() {
    try (graphs) {
      CudaRuntime.destroyStream(stream);
    }
  }
}
