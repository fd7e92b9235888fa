package io.github.attnpool.internal.cuda.device;

import io.github.attnpool.internal.cuda.nvidia.CudaRuntime;

/** A copy between pinned host memory and device memory; addresses. */
record Copy(long to, long from, long bytes, CudaRuntime.Direction direction) implements Launch {
  @Override
  public void on(long stream) {
    CudaRuntime.copy(to, from, bytes, direction, stream);
  }
}
