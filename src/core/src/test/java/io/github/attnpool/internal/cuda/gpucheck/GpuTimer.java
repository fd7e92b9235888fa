package io.github.attnpool.internal.cuda.gpucheck;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.CudaStatus;
import io.github.attnpool.internal.cuda.nvidia.MemoryApi;
import io.github.attnpool.internal.cuda.nvidia.StreamApi;
import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * Times work on a stream by CUDA events. A sample is several launches between two events, divided;
 * they are put on the stream while it is busy with something else, so that they are waiting when
 * the first event comes and the time that the host takes to launch them is not in it.
 */
final class GpuTimer implements AutoCloseable {
  private static final int LAUNCHES = 20;
  private static final int SAMPLES = 30;
  private static final long BUSY_BYTES = 512L << 20;
  private static final int MAX_BUSY_COPIES = 64;

  private final Releases releases = new Releases();
  private final long stream;
  private final MemorySegment start;
  private final MemorySegment end;
  private final long busyBytes;
  private final long busy;
  private int busyCopies = 1;
  private int late;

  GpuTimer(DeviceMemory memory) {
    try {
      stream = StreamApi.stream();
      releases.own(() -> StreamApi.destroyStream(stream));
      start = event();
      end = event();
      busyBytes = Math.min(BUSY_BYTES, MemoryApi.room().free() / 16);
      busy = memory.allocate(2 * busyBytes, "copies");
      releases.own(() -> memory.free(busy, 2 * busyBytes));
    } catch (RuntimeException | Error e) {
      releases.closeAfter(e);
      throw e;
    }
  }

  private MemorySegment event() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      CudaStatus.cuda(
          "cudaEventCreateWithFlags",
          Cudart.cudaEventCreateWithFlags(out, Cudart.cudaEventDefault()));
      long event = out.get(JAVA_LONG, 0);
      releases.own(() -> StreamApi.destroyEvent(event));
      return MemorySegment.ofAddress(event);
    }
  }

  /** The stream to put work on. */
  long stream() {
    return stream;
  }

  /** Samples whose launches were not waiting in time: they are too long by what the host took. */
  int late() {
    return late;
  }

  /** Bytes read and written a second by copies within the device. */
  double copyRate() {
    return 2 * busyBytes / time(_ -> copy(busy + busyBytes, busy, busyBytes)).median();
  }

  /** Copies within the device, in the order of the stream. */
  void copy(long to, long from, long bytes) {
    CudaStatus.cuda(
        "cudaMemcpyAsync",
        Cudart.cudaMemcpyAsync(
            MemorySegment.ofAddress(to),
            MemorySegment.ofAddress(from),
            bytes,
            Cudart.cudaMemcpyDeviceToDevice(),
            MemorySegment.ofAddress(stream)));
  }

  /** Time of one launch; work is given its number, to take other data each time. */
  GpuTime time(IntConsumer work) {
    return time(SAMPLES, work);
  }

  /** The same with less care. */
  GpuTime estimate(IntConsumer work) {
    return time(3, work);
  }

  private GpuTime time(int samples, IntConsumer work) {
    int before = late;
    sample(work); // warms up: slow for reasons of its own
    busyCopies = 1;
    late = before;
    double[] seconds = new double[samples];
    for (int i = 0; i < samples; i++) {
      seconds[i] = sample(work);
    }
    return GpuTime.of(seconds);
  }

  private double sample(IntConsumer work) {
    while (true) {
      for (int i = 0; i < busyCopies; i++) {
        copy(busy + busyBytes, busy, busyBytes);
      }
      StreamApi.record(start.address(), stream);
      for (int i = 0; i < LAUNCHES; i++) {
        work.accept(i);
      }
      StreamApi.record(end.address(), stream);
      boolean ahead = !isDone(start);
      StreamApi.await(end.address());
      if (ahead || busyCopies == MAX_BUSY_COPIES) {
        late += ahead ? 0 : 1;
        return elapsed() / LAUNCHES;
      }
      busyCopies *= 2;
    }
  }

  private static boolean isDone(MemorySegment event) {
    int status = Cudart.cudaEventQuery(event);
    if (status == Cudart.cudaErrorNotReady()) {
      Cudart.cudaGetLastError(); // no error, but kept as one
      return false;
    }
    CudaStatus.cuda("cudaEventQuery", status);
    return true;
  }

  private double elapsed() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_FLOAT);
      CudaStatus.cuda("cudaEventElapsedTime", Cudart.cudaEventElapsedTime(out, start, end));
      return out.get(JAVA_FLOAT, 0) / 1e3;
    }
  }

  @Override
  public void close() {
    releases.close();
  }
}
