package io.github.attnpool.internal.cuda;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.cublaslt.CublasLt;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.bindings.cudnn.Cudnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Turns the libraries' statuses into exceptions that name them. */
final class CudaStatus {
  private static final long TEXT_BYTES = 1024;

  private static final String[] KERNEL_TEXTS = {
    "",
    "ATTNPOOL_CUDA_NULL_POINTER: a required pointer is null",
    "ATTNPOOL_CUDA_BAD_SIZE: a size is negative or too large",
    "ATTNPOOL_CUDA_BAD_STRIDE: a stride is smaller than a row",
    "ATTNPOOL_CUDA_BAD_ACTIVATION: no such activation",
    "ATTNPOOL_CUDA_BAD_TYPE: no such element type",
    "ATTNPOOL_CUDA_BAD_FLAGS: no such flags"
  };

  private CudaStatus() {}

  /** Of the runtime. */
  static void cuda(String call, int status) {
    if (status != Cudart.cudaSuccess()) {
      Cudart.cudaGetLastError(); // or the next call would report it again
      throw new AttnPoolException(call, text(status));
    }
  }

  /** Name and text of a status of the runtime. */
  static String text(int status) {
    return Cudart.cudaGetErrorName(status).getString(0)
        + " ("
        + status
        + "): "
        + Cudart.cudaGetErrorString(status).getString(0);
  }

  /** Of cuBLASLt. */
  static void blas(String call, int status) {
    if (status != CublasLt.CUBLAS_STATUS_SUCCESS()) {
      throw new AttnPoolException(
          call,
          CublasLt.cublasLtGetStatusName(status).getString(0)
              + " ("
              + status
              + "): "
              + CublasLt.cublasLtGetStatusString(status).getString(0));
    }
  }

  /** Of cuDNN. */
  static void cudnn(String call, int status) {
    if (status != Cudnn.CUDNN_STATUS_SUCCESS()) {
      String name = Cudnn.cudnnGetErrorString(status).getString(0) + " (" + status + ")";
      String more = cudnnText();
      throw new AttnPoolException(call, more.isEmpty() ? name : name + ": " + more);
    }
  }

  /** What cuDNN says of this thread's last failure. */
  private static String cudnnText() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(TEXT_BYTES);
      Cudnn.cudnnGetLastErrorString(text, TEXT_BYTES);
      return text.getString(0).strip();
    }
  }

  /** Of the project's own kernels. */
  static void kernel(String call, int status) {
    if (status == CudaKernels.ATTNPOOL_CUDA_OK()) {
      return;
    }
    if (status < 0) {
      cuda(call, -status);
    }
    throw new AttnPoolException(
        call,
        "status "
            + status
            + (status < KERNEL_TEXTS.length ? " (" + KERNEL_TEXTS[status] + ")" : ""));
  }
}
