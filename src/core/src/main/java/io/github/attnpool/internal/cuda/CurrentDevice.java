package io.github.attnpool.internal.cuda;

/**
 * Has calls of this thread go to a device until it is closed, and then to the one before. Between
 * the two the thread must not park: a virtual one could wake on another carrier, whose device is
 * another.
 */
final class CurrentDevice implements AutoCloseable {
  private final int before;
  private final int device;

  CurrentDevice(GpuDevice device) {
    this.device = device.index();
    this.before = CudaRuntime.device();
    if (before != this.device) {
      CudaRuntime.setDevice(this.device);
    }
  }

  @Override
  public void close() {
    if (before != device) {
      CudaRuntime.setDevice(before);
    }
  }
}
