package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.blas;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bindings.cublaslt.CublasLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What cuBLASLt's search for algorithms is limited to: a size of scratch memory, aligned matrices,
 * and algorithms that do not compute parts of a sum apart. With those, a row's bits could depend on
 * how many rows there are.
 */
final class BlasPreference implements AutoCloseable {
  private static final int ALIGNMENT = 16; // of all matrices

  private final MemorySegment handle;

  BlasPreference(long maxWorkspace) {
    handle =
        MemorySegment.ofAddress(
            OutParameter.longFrom(
                "cublasLtMatmulPreferenceCreate",
                CudaStatus::blas,
                CublasLt::cublasLtMatmulPreferenceCreate));
    try {
      limit(maxWorkspace);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void limit(long maxWorkspace) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment workspace = scratch.allocateFrom(JAVA_LONG, maxWorkspace);
      set(CublasLt.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(), workspace);
      MemorySegment whole =
          scratch.allocateFrom(JAVA_INT, CublasLt.CUBLASLT_REDUCTION_SCHEME_NONE());
      set(CublasLt.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK(), whole);
      MemorySegment alignment = scratch.allocateFrom(JAVA_INT, ALIGNMENT);
      set(CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES(), alignment);
      set(CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES(), alignment);
      set(CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES(), alignment);
      set(CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES(), alignment);
    }
  }

  private void set(int attribute, MemorySegment value) {
    blas(
        "cublasLtMatmulPreferenceSetAttribute",
        CublasLt.cublasLtMatmulPreferenceSetAttribute(handle, attribute, value, value.byteSize()));
  }

  /** Returns cuBLASLt's handle. */
  MemorySegment handle() {
    return handle;
  }

  @Override
  public void close() {
    CublasLt.cublasLtMatmulPreferenceDestroy(handle);
  }
}
