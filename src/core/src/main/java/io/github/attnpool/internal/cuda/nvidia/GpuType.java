package io.github.attnpool.internal.cuda.nvidia;

import io.github.attnpool.ElementType;
import io.github.attnpool.Precision;
import io.github.attnpool.bindings.cublaslt.CublasLt;

/** Element types of matrices on the device. */
public enum GpuType {
  F32(4, CublasLt.CUDA_R_32F()),
  BF16(2, CublasLt.CUDA_R_16BF()),
  F16(2, CublasLt.CUDA_R_16F());

  /** Alignment of rows in bytes, which the libraries' fast paths need. */
  private static final int ALIGNMENT = 16;

  private final int bytes;
  private final int blasCode;

  GpuType(int bytes, int blasCode) {
    this.bytes = bytes;
    this.blasCode = blasCode;
  }

  public static GpuType of(ElementType type) {
    return switch (type) {
      case F32 -> F32;
      case BF16 -> BF16;
      case F16 -> F16;
      default -> throw new IllegalStateException("rows of " + type + " were let through");
    };
  }

  /** Returns the type in which rows and weights are multiplied. */
  public static GpuType of(Precision precision) {
    return switch (precision) {
      case F32, TF32 -> F32;
      case BF16 -> BF16;
      case F16 -> F16;
    };
  }

  public int bytes() {
    return bytes;
  }

  /** Returns cuBLASLt's number of it. */
  int blasCode() {
    return blasCode;
  }

  /** Returns the elements from one row to the next where rows lie aligned. */
  public long pitch(long width) {
    long each = ALIGNMENT / bytes;
    return (width + each - 1) / each * each;
  }

  /** Returns whether a matrix with such rows may be multiplied where it lies. */
  public boolean isAligned(long address, long pitch) {
    return address % ALIGNMENT == 0 && pitch * bytes % ALIGNMENT == 0;
  }
}
