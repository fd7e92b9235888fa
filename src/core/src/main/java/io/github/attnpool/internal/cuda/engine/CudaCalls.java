package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.nvidia.CurrentDevice;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.spi.RowBatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lends a bounded set of calls to threads. Calls are made as they are needed and kept until close;
 * a thread beyond the bound waits.
 */
final class CudaCalls implements AutoCloseable {
  private final GpuDevice device;
  private final Semaphore free;
  private final AtomicReferenceArray<@Nullable CudaCall> idle;
  private final Supplier<CudaCall> make;

  CudaCalls(GpuDevice device, int bound, Supplier<CudaCall> make) {
    this.device = device;
    this.free =
        new Semaphore(bound, true); // or virtual threads, which no gate queues, could starve
    this.idle = new AtomicReferenceArray<>(bound);
    this.make = make;
  }

  /**
   * Lends a call, whose device is the thread's current one meanwhile.
   *
   * @param in whose rows are read
   */
  void lend(RowBatch in, Consumer<CudaCall> use) {
    free.acquireUninterruptibly(); // before the device is current: the thread may park
    try (CurrentDevice _ = new CurrentDevice(device)) {
      if (in.isOnDevice()) {
        DevicePointer.check(in, device);
      }
      lend(use);
    } finally {
      free.release();
    }
  }

  private void lend(Consumer<CudaCall> use) {
    CudaCall call = take();
    boolean usable = false;
    try {
      use.accept(call);
      usable = true;
    } catch (RuntimeException | Error e) {
      usable = call.recover(e);
      throw e;
    } finally {
      giveBack(call, usable);
    }
  }

  private void giveBack(CudaCall call, boolean usable) {
    if (usable) {
      give(call);
      return;
    }
    try {
      call.close();
    } catch (AttnPoolException _) {
      // The failure that made it unusable is on its way to the caller.
    }
  }

  /** Makes one call, or the first thread would find out what is missing. */
  void prepare() {
    give(take());
  }

  private CudaCall take() {
    for (int i = 0; i < idle.length(); i++) {
      CudaCall call = idle.getAndSet(i, null);
      if (call != null) {
        return call;
      }
    }
    return make.get();
  }

  private void give(CudaCall call) {
    for (int i = 0; ; i = (i + 1) % idle.length()) {
      if (idle.compareAndSet(i, null, call)) {
        return;
      }
    }
  }

  /** Frees the calls; none may be lent. */
  @Override
  public void close() {
    try (Releases releases = new Releases()) {
      for (int i = 0; i < idle.length(); i++) {
        CudaCall call = idle.getAndSet(i, null);
        if (call != null) {
          releases.own(call::close);
        }
      }
    }
  }
}
