package io.github.attnpool.internal.cuda.nvidia;

/**
 * Has calls of this thread go to a device until it is closed, and then to where they went before.
 * Between the two the thread must not park: a virtual one could wake on another carrier, whose
 * device is another.
 *
 * <p>This is a matter of contexts, not of the runtime's device: what is current may be a context
 * that another library made, or none, and to have the runtime go back to device 0 would make one
 * there, with hundreds of megabytes. A runtime uses the current context where there is one; what it
 * thinks of as its device stays as it is.
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
