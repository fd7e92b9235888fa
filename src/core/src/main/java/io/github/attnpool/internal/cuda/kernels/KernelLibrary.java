package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.nvidia.CudaStatus;

/** The library of the project's own kernels; to be used when it is loaded. */
public final class KernelLibrary {
  /** Rows of a tile. */
  public static final int TILE_ROWS = CudaKernels.ATTNPOOL_CUDA_TILE_ROWS();

  private static final String[] STATUS_TEXTS = {
    "",
    "ATTNPOOL_CUDA_NULL_POINTER: a required pointer is null",
    "ATTNPOOL_CUDA_BAD_SIZE: a size is negative or too large",
    "ATTNPOOL_CUDA_BAD_STRIDE: a stride is smaller than a row",
    "ATTNPOOL_CUDA_BAD_ACTIVATION: no such activation",
    "ATTNPOOL_CUDA_BAD_TYPE: no such element type",
    "ATTNPOOL_CUDA_BAD_FLAGS: no such flags"
  };

  private KernelLibrary() {}

  /** Returns what the kernels were built for. */
  public static String build() {
    return CudaKernels.attnpool_cuda_build().getString(0);
  }

  /** Returns the version of the C interface that the loaded library has. */
  public static int abiVersion() {
    return CudaKernels.attnpool_cuda_abi_version();
  }

  /** Returns the version of the C interface that this code calls. */
  public static int expectedAbiVersion() {
    return CudaKernels.ATTNPOOL_CUDA_ABI_VERSION();
  }

  /** Returns the version of CUDA that the kernels were built with, for example 13000. */
  public static int runtimeVersion() {
    return CudaKernels.attnpool_cuda_runtime_version();
  }

  /** Throws what a status says, unless it is good. */
  static void check(String call, int status) {
    if (status == CudaKernels.ATTNPOOL_CUDA_OK()) {
      return;
    }
    if (status < 0) {
      CudaStatus.cuda(call, -status);
    }
    throw new AttnPoolException(
        call,
        "status "
            + status
            + (status < STATUS_TEXTS.length ? " (" + STATUS_TEXTS[status] + ")" : ""));
  }
}
