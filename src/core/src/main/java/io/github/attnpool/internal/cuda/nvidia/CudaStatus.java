package io.github.attnpool.internal.cuda.nvidia;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.cublaslt.CublasLt;
import io.github.attnpool.bindings.cudart.Cudart;
import io.github.attnpool.bindings.cudnn.Cudnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Turns the libraries' statuses into exceptions that name them. */
public final class CudaStatus {
  private static final long TEXT_BYTES = 1024;

  private CudaStatus() {}

  /** Throws what a status of the runtime says, unless it is good. */
  public static void cuda(String call, int status) {
    if (status != Cudart.cudaSuccess()) {
      Cudart.cudaGetLastError(); // or the next call would report it again
      throw new AttnPoolException(call, text(status));
    }
  }

  /** Returns name and text of a status of the runtime. */
  static String text(int status) {
    return Cudart.cudaGetErrorName(status).getString(0)
        + " ("
        + status
        + "): "
        + Cudart.cudaGetErrorString(status).getString(0);
  }

  /** Throws what a status of cuBLASLt says, unless it is good. */
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

  /** Throws what a status of cuDNN says, unless it is good. */
  static void cudnn(String call, int status) {
    if (status != Cudnn.CUDNN_STATUS_SUCCESS()) {
      String name = Cudnn.cudnnGetErrorString(status).getString(0) + " (" + status + ")";
      String more = cudnnText();
      throw new AttnPoolException(call, more.isEmpty() ? name : name + ": " + more);
    }
  }

  /** Returns cuDNN's text on this thread's last failure. */
  private static String cudnnText() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(TEXT_BYTES);
      Cudnn.cudnnGetLastErrorString(text, TEXT_BYTES);
      return text.getString(0).strip();
    }
  }
}
