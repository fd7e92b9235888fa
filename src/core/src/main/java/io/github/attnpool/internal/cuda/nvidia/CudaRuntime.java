package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.cuda;
import static io.github.attnpool.internal.cuda.nvidia.OutParameter.intFrom;

import io.github.attnpool.bindings.cudart.Cudart;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The CUDA runtime's versions and devices; to be used when the library is loaded. */
public final class CudaRuntime {
  private static final long PROPERTIES_BYTES = 4096;

  private CudaRuntime() {}

  /** Returns the version of the runtime, for example 13000. */
  public static int runtimeVersion() {
    return intFrom("cudaRuntimeGetVersion", CudaStatus::cuda, Cudart::cudaRuntimeGetVersion);
  }

  /** Returns the newest CUDA that the driver runs; 0 without a driver. */
  public static int driverVersion() {
    return intFrom("cudaDriverGetVersion", CudaStatus::cuda, Cudart::cudaDriverGetVersion);
  }

  /** Returns how many devices there are. */
  public static int deviceCount() {
    return intFrom("cudaGetDeviceCount", CudaStatus::cuda, Cudart::cudaGetDeviceCount);
  }

  static String deviceName(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment properties = arena.allocate(PROPERTIES_BYTES, Long.BYTES);
      cuda("cudaGetDeviceProperties", Cudart.cudaGetDeviceProperties(properties, device));
      return properties.getString(0); // the name comes first in every version
    }
  }

  static int attribute(int attribute, int device) {
    return intFrom(
        "cudaDeviceGetAttribute",
        CudaStatus::cuda,
        out -> Cudart.cudaDeviceGetAttribute(out, attribute, device));
  }
}
