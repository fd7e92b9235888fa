package io.github.attnpool.internal.cuda.device;

import io.github.attnpool.internal.cuda.nvidia.MemoryApi;
import io.github.attnpool.internal.cuda.nvidia.StreamApi;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream and what is put on it. Launches go to the stream one by one. From {@link #gather} on,
 * until somebody waits, they are gathered and go together: as one graph if they were put before.
 * Used by one thread at a time, whose current device must be the stream's.
 */
public final class LaunchQueue implements AutoCloseable {
  private final long stream;
  private final LaunchGraphs graphs;
  private final List<Launch> gathered = new ArrayList<>();
  private boolean gathers;

  public LaunchQueue() {
    this.stream = StreamApi.stream();
    this.graphs = new LaunchGraphs(stream);
  }

  /** Returns the stream itself, for what cannot be gathered. */
  public long stream() {
    if (gathers) {
      throw new IllegalStateException("launches are gathered: nothing may overtake them");
    }
    return stream;
  }

  /** Gathers launches from now on. */
  public void gather() {
    gathers = true;
  }

  /** Puts work on the stream. */
  public void put(Launch launch) {
    if (gathers) {
      gathered.add(launch);
    } else {
      launch.on(stream);
    }
  }

  /**
   * Puts a copy to the device on the stream.
   *
   * @param to address in device memory
   * @param pinned host memory of a {@link PinnedBuffer}
   * @param offset of the first byte in it
   */
  public void upload(long to, MemorySegment pinned, long offset, long bytes) {
    put(new Copy(to, pinned.address() + offset, bytes, MemoryApi.Direction.HOST_TO_DEVICE));
  }

  /**
   * Puts a copy from the device on the stream.
   *
   * @param pinned host memory of a {@link PinnedBuffer}
   * @param offset of the first byte in it
   * @param from address in device memory
   */
  public void download(MemorySegment pinned, long offset, long from, long bytes) {
    put(new Copy(pinned.address() + offset, from, bytes, MemoryApi.Direction.DEVICE_TO_HOST));
  }

  /** Waits until everything that was put is done. */
  public void await() {
    if (gathers) {
      gathers = false;
      try {
        graphs.run(List.copyOf(gathered));
      } finally {
        gathered.clear();
      }
    }
    StreamApi.synchronize(stream);
  }

  /** After a failure: drops what is gathered, and waits for what is on the stream. */
  public void drain() {
    gathers = false;
    gathered.clear();
    StreamApi.synchronize(stream);
  }

  /** Forgets graphs: to be called before memory is freed, because graphs hold addresses. */
  public void forget() {
    graphs.close();
  }

  /** Returns the number of graphs of repeated launches. */
  public long graphs() {
    return graphs.count();
  }

  /** Lets an event happen when everything now on the stream is done. */
  public void record(long event) {
    StreamApi.record(event, stream());
  }

  /** Makes what is put from now on wait for an event. */
  public void waitFor(long event) {
    StreamApi.waitFor(stream(), event);
  }

  @Override
  public void close() {
    try (graphs) {
      StreamApi.destroyStream(stream);
    }
  }
}
