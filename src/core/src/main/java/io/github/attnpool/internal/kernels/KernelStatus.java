package io.github.attnpool.internal.kernels;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.kernels.Kernels;

/** Turns a kernel's status into an exception. */
final class KernelStatus {
  private KernelStatus() {}

  static void check(String kernel, int status) {
    if (status != Kernels.ATTNPOOL_OK()) {
      throw new AttnPoolException(kernel, "status " + status + " (" + name(status) + ")");
    }
  }

  private static String name(int status) {
    if (status == Kernels.ATTNPOOL_NULL_POINTER()) {
      return "ATTNPOOL_NULL_POINTER: a required pointer is null";
    }
    if (status == Kernels.ATTNPOOL_BAD_SIZE()) {
      return "ATTNPOOL_BAD_SIZE: a size is negative or too large";
    }
    if (status == Kernels.ATTNPOOL_BAD_STRIDE()) {
      return "ATTNPOOL_BAD_STRIDE: a stride is smaller than a row";
    }
    if (status == Kernels.ATTNPOOL_BAD_ACTIVATION()) {
      return "ATTNPOOL_BAD_ACTIVATION: no such activation";
    }
    return "unknown";
  }
}
