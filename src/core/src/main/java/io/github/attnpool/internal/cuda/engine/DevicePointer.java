package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.cuda.nvidia.MemoryApi;
import io.github.attnpool.spi.RowBatch;
import java.util.Locale;

/** Asks the runtime whether rows lie where the caller says. */
final class DevicePointer {
  private DevicePointer() {}

  /**
   * Checks that the first and the last byte of rows are in memory of a device.
   *
   * @throws AttnPoolException if they are not
   */
  static void check(RowBatch in, GpuDevice device) {
    long bytes = in.deviceRows().bytes();
    if (bytes == 0) {
      return;
    }
    check(in.deviceRows().address(), "x", device);
    check(in.deviceRows().address() + bytes - 1, "the last byte of x", device);
    if (in.deviceRows().address() % in.type().bytes() != 0) {
      throw new AttnPoolException(
          "forward", "x is not aligned to " + in.type().bytes() + " bytes, the size of a value");
    }
  }

  private static void check(long address, String what, GpuDevice device) {
    MemoryApi.Place found = MemoryApi.place(address);
    boolean good = found.isManaged() || (found.isDevice() && found.device() == device.index());
    if (!good) {
      throw new AttnPoolException(
          "forward",
          String.format(
              Locale.ROOT,
              "%s, at address 0x%x, is %s, must be memory of %s",
              what,
              address,
              found.isDevice() ? "memory of device " + found.device() : "not device memory",
              device));
    }
  }
}
