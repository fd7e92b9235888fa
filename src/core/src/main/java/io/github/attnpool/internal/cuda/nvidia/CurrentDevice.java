package io.github.attnpool.internal.cuda.nvidia;

/**
 * Makes a device this thread's current one until it is closed, and then the one before. Meanwhile
 * the thread must not park: a virtual thread could wake on another carrier, which has another
 * device.
 *
 * <p>It changes contexts, not the runtime's device. The current context may be one that another
 * library made, or none; sending the runtime back to device 0 would make one there, with hundreds
 * of megabytes. A runtime uses the current context if there is one, and its device stays as it is.
 */
public final class CurrentDevice implements AutoCloseable {
  private final long before;
  private final long context;

  public CurrentDevice(GpuDevice device) {
    this.context = DriverApi.primary(device.index());
    this.before = DriverApi.current();
    if (before != context) {
      DriverApi.makeCurrent(context);
    }
  }

  @Override
  public void close() {
    if (before != context) {
      DriverApi.makeCurrent(before);
    }
  }
}
