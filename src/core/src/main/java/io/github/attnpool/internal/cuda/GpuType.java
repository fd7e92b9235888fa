package io.github.attnpool.internal.cuda;

import io.github.attnpool.ElementType;
import io.github.attnpool.Precision;
import io.github.attnpool.bindings.cublaslt.CublasLt;
import io.github.attnpool.bindings.cudakernels.CudaKernels;

/** Element types of matrices on the device. */
enum GpuType {
  F32(4, CudaKernels.ATTNPOOL_CUDA_F32(), CublasLt.CUDA_R_32F()),
  BF16(2, CudaKernels.ATTNPOOL_CUDA_BF16(), CublasLt.CUDA_R_16BF()),
  F16(2, CudaKernels.ATTNPOOL_CUDA_F16(), CublasLt.CUDA_R_16F());

  /** What matrices' rows are aligned to, in bytes: the libraries' fast paths want it. */
  private static final int ALIGNMENT = 16;

  private final int bytes;
  private final int kernelCode;
  private final int blasCode;

  GpuType(int bytes, int kernelCode, int blasCode) {
    this.bytes = bytes;
    this.kernelCode = kernelCode;
    this.blasCode = blasCode;
  }

  static GpuType of(ElementType type) {
    return switch (type) {
      case F32 -> F32;
      case BF16 -> BF16;
      case F16 -> F16;
      default -> throw new IllegalStateException("rows of " + type + " were let through");
    };
  }

  /** What is multiplied. */
  static GpuType of(Precision precision) {
    return switch (precision) {
      case F32, TF32 -> F32;
      case BF16 -> BF16;
      case F16 -> F16;
    };
  }

  int bytes() {
    return bytes;
  }

  /** The kernels' number of it. */
  int kernelCode() {
    return kernelCode;
  }

  /** cuBLASLt's number of it. */
  int blasCode() {
    return blasCode;
  }

  /** Elements from one row of an own matrix to the next. */
  long pitch(long width) {
    long each = ALIGNMENT / bytes;
    return (width + each - 1) / each * each;
  }

  /** Whether a matrix with such rows may be multiplied where it lies. */
  boolean isAligned(long address, long pitch) {
    return address % ALIGNMENT == 0 && pitch * bytes % ALIGNMENT == 0;
  }
}
