package io.github.attnpool.internal.cuda.parameters;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.nvidia.MemoryApi;
import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Parameters in device memory, for as long as their layer lives. */
final class ResidentArrays implements AutoCloseable {
  private final DeviceMemory memory;
  private final Releases releases = new Releases();
  private final Arena arena = Arena.ofShared();

  ResidentArrays(DeviceMemory memory) {
    this.memory = memory;
    releases.own(arena::close);
  }

  /** Returns what is released with the arrays. */
  Releases releases() {
    return releases;
  }

  /** Returns an arena that lives as long as the arrays do. */
  Arena arena() {
    return arena;
  }

  /** Uploads F32 values; returns the address. */
  long vector(float[] values) {
    try (Arena scratch = Arena.ofConfined()) {
      long bytes = (long) values.length * Float.BYTES;
      long address = allocate(bytes);
      MemoryApi.upload(address, scratch.allocateFrom(JAVA_FLOAT, values));
      return address;
    }
  }

  /** Uploads a matrix in a type, its rows aligned; returns the address. */
  long matrix(float[] values, long rows, long width, GpuType type) {
    long address = allocate(GpuMatrix.bytes(type, width, rows));
    long bytes = rows * width * Float.BYTES;
    long raw = memory.allocate(bytes, "parameters");
    try (Arena scratch = Arena.ofConfined();
        LaunchQueue queue = new LaunchQueue()) {
      MemorySegment copy = scratch.allocateFrom(JAVA_FLOAT, values);
      MemoryApi.upload(raw, copy);
      queue.put(
          new CopyRows(
              GpuMatrix.dense(raw, GpuType.F32, width),
              rows,
              width,
              GpuMatrix.aligned(address, type, width)));
      queue.await();
      return address;
    } finally {
      memory.free(raw, bytes);
    }
  }

  private long allocate(long bytes) {
    long address = memory.allocate(bytes, "parameters");
    releases.own(() -> memory.free(address, bytes));
    return address;
  }

  @Override
  public void close() {
    releases.close();
  }
}
