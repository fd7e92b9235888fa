package io.github.attnpool.internal.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bindings.cudart.Cudart;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Times work on a stream by CUDA events. */
final class GpuTimer implements AutoCloseable {
  private final Releases releases = new Releases();
  private final MemorySegment start;
  private final MemorySegment end;
  private final long stream;

  GpuTimer() {
    stream = CudaRuntime.stream();
    releases.own(() -> CudaRuntime.destroyStream(stream));
    start = event();
    end = event();
  }

  private MemorySegment event() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      CudaStatus.cuda(
          "cudaEventCreateWithFlags",
          Cudart.cudaEventCreateWithFlags(out, Cudart.cudaEventDefault()));
      long event = out.get(JAVA_LONG, 0);
      releases.own(() -> CudaRuntime.destroyEvent(event));
      return MemorySegment.ofAddress(event);
    }
  }

  /** The stream to put work on. */
  long stream() {
    return stream;
  }

  /** Median of so many runs, after a tenth as many to warm up; in seconds. */
  double median(int runs, Runnable work) {
    for (int i = 0; i < Math.max(2, runs / 10); i++) {
      work.run();
    }
    double[] times = new double[runs];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_FLOAT);
      for (int i = 0; i < runs; i++) {
        CudaRuntime.record(start.address(), stream);
        work.run();
        CudaRuntime.record(end.address(), stream);
        CudaRuntime.await(end.address());
        CudaStatus.cuda("cudaEventElapsedTime", Cudart.cudaEventElapsedTime(out, start, end));
        times[i] = out.get(JAVA_FLOAT, 0) / 1e3;
      }
    }
    java.util.Arrays.sort(times);
    return times[runs / 2];
  }

  @Override
  public void close() {
    releases.close();
  }
}
