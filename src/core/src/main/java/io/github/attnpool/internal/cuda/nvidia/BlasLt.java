package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.blas;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bindings.cublaslt.CublasLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * cuBLASLt, with statuses turned into exceptions. Handles are given by address. To be used when the
 * library is loaded.
 */
public final class BlasLt {
  private BlasLt() {}

  /** Returns the version, for example 130000. */
  public static long version() {
    return CublasLt.cublasLtGetVersion();
  }

  /** Creates a library handle for the current device; {@link #destroy} releases it. */
  public static long create() {
    return OutParameter.longFrom("cublasLtCreate", CudaStatus::blas, CublasLt::cublasLtCreate);
  }

  public static void destroy(long handle) {
    blas("cublasLtDestroy", CublasLt.cublasLtDestroy(MemorySegment.ofAddress(handle)));
  }

  /**
   * Creates the description of y = W·x with a row-major W, that is of a transposed first operand;
   * {@link #destroyDescription} releases it.
   */
  public static long description(boolean tf32) {
    int compute = tf32 ? CublasLt.CUBLAS_COMPUTE_32F_FAST_TF32() : CublasLt.CUBLAS_COMPUTE_32F();
    long description =
        OutParameter.longFrom(
            "cublasLtMatmulDescCreate",
            CudaStatus::blas,
            out -> CublasLt.cublasLtMatmulDescCreate(out, compute, CublasLt.CUDA_R_32F()));
    try (Arena arena = Arena.ofConfined()) {
      blas(
          "cublasLtMatmulDescSetAttribute",
          CublasLt.cublasLtMatmulDescSetAttribute(
              MemorySegment.ofAddress(description),
              CublasLt.CUBLASLT_MATMUL_DESC_TRANSA(),
              arena.allocateFrom(JAVA_INT, CublasLt.CUBLAS_OP_T()),
              Integer.BYTES));
      return description;
    } catch (RuntimeException | Error e) {
      destroyDescription(description);
      throw e;
    }
  }

  public static void destroyDescription(long description) {
    blas(
        "cublasLtMatmulDescDestroy",
        CublasLt.cublasLtMatmulDescDestroy(MemorySegment.ofAddress(description)));
  }

  /** Creates the layout of a row-major matrix; {@link #destroyLayout} releases it. */
  public static long layout(GpuType type, long rows, long width, long pitch) {
    return OutParameter.longFrom(
        "cublasLtMatrixLayoutCreate",
        CudaStatus::blas,
        out -> CublasLt.cublasLtMatrixLayoutCreate(out, type.blasCode(), width, rows, pitch));
  }

  /** Gives a layout another number of rows. */
  public static void setRows(long layout, long rows, MemorySegment scratch) {
    set(layout, CublasLt.CUBLASLT_MATRIX_LAYOUT_COLS(), rows, scratch);
  }

  /** Gives a layout another pitch. */
  public static void setPitch(long layout, long pitch, MemorySegment scratch) {
    set(layout, CublasLt.CUBLASLT_MATRIX_LAYOUT_LD(), pitch, scratch);
  }

  private static void set(long layout, int attribute, long value, MemorySegment scratch) {
    scratch.set(JAVA_LONG, 0, value);
    blas(
        "cublasLtMatrixLayoutSetAttribute",
        CublasLt.cublasLtMatrixLayoutSetAttribute(
            MemorySegment.ofAddress(layout), attribute, scratch, Long.BYTES));
  }

  public static void destroyLayout(long layout) {
    blas(
        "cublasLtMatrixLayoutDestroy",
        CublasLt.cublasLtMatrixLayoutDestroy(MemorySegment.ofAddress(layout)));
  }
}
