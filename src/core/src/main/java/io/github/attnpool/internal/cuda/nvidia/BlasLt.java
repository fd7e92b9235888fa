package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.blas;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cublaslt.CublasLt;
import io.github.attnpool.bindings.cublaslt.cublasLtMatmulHeuristicResult_t;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * cuBLASLt, with statuses turned into exceptions. Handles are given by address. The one class that
 * knows its bindings; to be used when the library is loaded.
 */
public final class BlasLt {
  private static final MethodHandle MATMUL =
      AddressCall.of(CublasLt.cublasLtMatmul$address(), CublasLt.cublasLtMatmul$descriptor());

  private static final int ALIGNMENT = 16; // of all matrices

  private BlasLt() {}

  /**
   * How a product is computed.
   *
   * @param bytes of cuBLASLt's description
   * @param workspace bytes that it wants
   * @param waves how often it fills all of the device's processors; 0 where that is not known
   */
  public record Algorithm(MemorySegment bytes, long workspace, double waves) {}

  /** For example 130000. */
  public static long version() {
    return CublasLt.cublasLtGetVersion();
  }

  /** A library handle, of the current device; {@link #destroy}. */
  public static long create() {
    return OutParameter.longFrom("cublasLtCreate", CudaStatus::blas, CublasLt::cublasLtCreate);
  }

  public static void destroy(long handle) {
    blas("cublasLtDestroy", CublasLt.cublasLtDestroy(MemorySegment.ofAddress(handle)));
  }

  /**
   * The description of y = W·x with a row-major W, that is of a transposed first operand; {@link
   * #destroyDescription}.
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

  /** The layout of a row-major matrix, for cuBLASLt its transpose; {@link #destroyLayout}. */
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

  /**
   * Algorithms for a product, best first, none of which adds up parts of a sum that were computed
   * apart: then a row's bits could depend on how many rows there are.
   *
   * @param arena owner of the algorithms
   */
  public static List<Algorithm> algorithms(
      long handle, long description, long[] layouts, long maxWorkspace, int most, Arena arena) {
    long preference =
        OutParameter.longFrom(
            "cublasLtMatmulPreferenceCreate",
            CudaStatus::blas,
            CublasLt::cublasLtMatmulPreferenceCreate);
    try (Arena scratch = Arena.ofConfined()) {
      prefer(preference, maxWorkspace, scratch);
      MemorySegment results = cublasLtMatmulHeuristicResult_t.allocateArray(most, scratch);
      MemorySegment count = scratch.allocate(JAVA_INT);
      int status =
          CublasLt.cublasLtMatmulAlgoGetHeuristic(
              MemorySegment.ofAddress(handle),
              MemorySegment.ofAddress(description),
              MemorySegment.ofAddress(layouts[0]),
              MemorySegment.ofAddress(layouts[1]),
              MemorySegment.ofAddress(layouts[2]),
              MemorySegment.ofAddress(layouts[2]),
              MemorySegment.ofAddress(preference),
              most,
              results,
              count);
      if (status == CublasLt.CUBLAS_STATUS_NOT_SUPPORTED()) {
        return List.of();
      }
      blas("cublasLtMatmulAlgoGetHeuristic", status);
      return usable(results, count.get(JAVA_INT, 0), arena);
    } finally {
      CublasLt.cublasLtMatmulPreferenceDestroy(MemorySegment.ofAddress(preference));
    }
  }

  private static void prefer(long preference, long maxWorkspace, SegmentAllocator scratch) {
    MemorySegment workspace = scratch.allocateFrom(JAVA_LONG, maxWorkspace);
    prefer(preference, CublasLt.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(), workspace, Long.BYTES);
    MemorySegment whole = scratch.allocateFrom(JAVA_INT, CublasLt.CUBLASLT_REDUCTION_SCHEME_NONE());
    prefer(preference, CublasLt.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK(), whole, Integer.BYTES);
    MemorySegment alignment = scratch.allocateFrom(JAVA_INT, ALIGNMENT);
    for (int matrix :
        new int[] {
          CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES(),
          CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES(),
          CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES(),
          CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES()
        }) {
      prefer(preference, matrix, alignment, Integer.BYTES);
    }
  }

  private static void prefer(long preference, int attribute, MemorySegment value, long bytes) {
    blas(
        "cublasLtMatmulPreferenceSetAttribute",
        CublasLt.cublasLtMatmulPreferenceSetAttribute(
            MemorySegment.ofAddress(preference), attribute, value, bytes));
  }

  private static List<Algorithm> usable(MemorySegment results, int count, Arena arena) {
    List<Algorithm> usable = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      MemorySegment result = cublasLtMatmulHeuristicResult_t.asSlice(results, i);
      MemorySegment algorithm = cublasLtMatmulHeuristicResult_t.algo(result);
      if (cublasLtMatmulHeuristicResult_t.state(result) == CublasLt.CUBLAS_STATUS_SUCCESS()
          && !splitsSums(algorithm)) {
        usable.add(
            new Algorithm(
                arena.allocate(algorithm.byteSize(), Long.BYTES).copyFrom(algorithm),
                cublasLtMatmulHeuristicResult_t.workspaceSize(result),
                cublasLtMatmulHeuristicResult_t.wavesCount(result)));
      }
    }
    return usable;
  }

  /** Whether several blocks add up parts of one sum. */
  private static boolean splitsSums(MemorySegment algorithm) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment parts = scratch.allocate(JAVA_INT);
      blas(
          "cublasLtMatmulAlgoConfigGetAttribute",
          CublasLt.cublasLtMatmulAlgoConfigGetAttribute(
              algorithm,
              CublasLt.CUBLASLT_ALGO_CONFIG_SPLITK_NUM(),
              parts,
              Integer.BYTES,
              scratch.allocate(JAVA_LONG)));
      return parts.get(JAVA_INT, 0) > 1;
    }
  }

  /** Bytes of workspace with which an algorithm computes a product; -1 if it cannot. */
  public static long check(long handle, long description, long[] layouts, Algorithm algorithm) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment result = cublasLtMatmulHeuristicResult_t.allocate(scratch);
      int status =
          CublasLt.cublasLtMatmulAlgoCheck(
              MemorySegment.ofAddress(handle),
              MemorySegment.ofAddress(description),
              MemorySegment.ofAddress(layouts[0]),
              MemorySegment.ofAddress(layouts[1]),
              MemorySegment.ofAddress(layouts[2]),
              MemorySegment.ofAddress(layouts[2]),
              algorithm.bytes(),
              result);
      if (status == CublasLt.CUBLAS_STATUS_NOT_SUPPORTED()
          || status == CublasLt.CUBLAS_STATUS_INVALID_VALUE()) {
        return -1;
      }
      blas("cublasLtMatmulAlgoCheck", status);
      return cublasLtMatmulHeuristicResult_t.workspaceSize(result);
    }
  }

  /** y = W·x for each row. */
  public static void multiply(
      long handle,
      long description,
      long weight,
      long weightLayout,
      long x,
      long xLayout,
      long y,
      long yLayout,
      Algorithm algorithm,
      long workspace,
      long stream) {
    try {
      blas(
          "cublasLtMatmul",
          (int)
              MATMUL.invokeExact(
                  handle,
                  description,
                  Scaling.ALPHA.address(),
                  weight,
                  weightLayout,
                  x,
                  xLayout,
                  Scaling.BETA.address(),
                  y,
                  yLayout,
                  y,
                  yLayout,
                  algorithm.bytes().address(),
                  workspace,
                  algorithm.workspace(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
