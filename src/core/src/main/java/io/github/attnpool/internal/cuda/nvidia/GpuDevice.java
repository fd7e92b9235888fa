package io.github.attnpool.internal.cuda.nvidia;

import io.github.attnpool.bindings.cudart.Cudart;
import java.util.Locale;
import java.util.Optional;

/**
 * A device.
 *
 * @param index from 0, in the order of the runtime
 * @param name of the card
 * @param capability compute capability times 10
 * @param processors streaming multiprocessors
 * @param l2 bytes of the L2 cache
 * @param computeMode of the driver
 */
public record GpuDevice(
    int index, String name, int capability, int processors, long l2, int computeMode) {
  private static final int LEAST_CAPABILITY = 80;

  /** Asks the runtime for a device. */
  public static GpuDevice of(int index) {
    int major = CudaRuntime.attribute(Cudart.cudaDevAttrComputeCapabilityMajor(), index);
    int minor = CudaRuntime.attribute(Cudart.cudaDevAttrComputeCapabilityMinor(), index);
    return new GpuDevice(
        index,
        CudaRuntime.deviceName(index),
        10 * major + minor,
        CudaRuntime.attribute(Cudart.cudaDevAttrMultiProcessorCount(), index),
        CudaRuntime.attribute(Cudart.cudaDevAttrL2CacheSize(), index),
        CudaRuntime.attribute(Cudart.cudaDevAttrComputeMode(), index));
  }

  /** Returns why it cannot be used; empty if it can. */
  public Optional<String> problem() {
    if (capability < LEAST_CAPABILITY) {
      return Optional.of(this + " is too old, must have compute capability 8.0 or more");
    }
    return computeMode == Cudart.cudaComputeModeProhibited()
        ? Optional.of(this + " is in compute mode 'prohibited'")
        : Optional.empty();
  }

  /** Returns the architecture, such as {@code sm_90}. */
  public String architecture() {
    return "sm_" + capability;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "device %d (%s, %s)", index, name, architecture());
  }
}
