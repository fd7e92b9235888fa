package io.github.attnpool.internal.cuda.device;

import io.github.attnpool.internal.cuda.nvidia.MemoryApi;

/** A copy between pinned host memory and device memory; addresses. */
record Copy(long to, long from, long bytes, MemoryApi.Direction direction) implements Launch {
  @Override
  public void on(long stream) {
    MemoryApi.copy(to, from, bytes, direction, stream);
  }
}
