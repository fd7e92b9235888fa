package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.blas;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cublaslt.CublasLt;
import io.github.attnpool.bindings.cublaslt.cublasLtMatmulHeuristicResult_t;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.OptionalLong;

/**
 * A product y = W·x as cuBLASLt knows it: handles, given by address.
 *
 * @param library cuBLASLt's handle
 * @param description how x is multiplied, {@link BlasLt#description}
 * @param weight layout of W
 * @param x layout of x
 * @param y layout of y
 */
public record BlasProduct(long library, long description, long weight, long x, long y) {
  private static final MethodHandle MATMUL =
      AddressCall.of(CublasLt.cublasLtMatmul$address(), CublasLt.cublasLtMatmul$descriptor());

  /**
   * Memory of one multiplication; addresses.
   *
   * @param workspace scratch memory
   */
  public record Operands(long weight, long x, long y, long workspace) {}

  /**
   * Returns algorithms, best first, none of which adds up parts of a sum that were computed apart.
   *
   * @param maxWorkspace bytes of scratch memory that they may need
   * @param most how many to return
   * @param arena owner of the algorithms
   */
  public List<BlasAlgorithm> algorithms(long maxWorkspace, int most, SegmentAllocator arena) {
    try (BlasPreference preference = new BlasPreference(maxWorkspace);
        Arena scratch = Arena.ofConfined()) {
      MemorySegment results = cublasLtMatmulHeuristicResult_t.allocateArray(most, scratch);
      MemorySegment count = scratch.allocate(JAVA_INT);
      int status =
          CublasLt.cublasLtMatmulAlgoGetHeuristic(
              MemorySegment.ofAddress(library),
              MemorySegment.ofAddress(description),
              MemorySegment.ofAddress(weight),
              MemorySegment.ofAddress(x),
              MemorySegment.ofAddress(y),
              MemorySegment.ofAddress(y),
              preference.handle(),
              most,
              results,
              count);
      if (status == CublasLt.CUBLAS_STATUS_NOT_SUPPORTED()) {
        return List.of();
      }
      blas("cublasLtMatmulAlgoGetHeuristic", status);
      return BlasAlgorithm.usable(results, count.get(JAVA_INT, 0), arena);
    }
  }

  /** Returns the bytes of scratch memory that an algorithm needs; empty if it cannot compute it. */
  public OptionalLong workspace(BlasAlgorithm algorithm) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment result = cublasLtMatmulHeuristicResult_t.allocate(scratch);
      int status =
          CublasLt.cublasLtMatmulAlgoCheck(
              MemorySegment.ofAddress(library),
              MemorySegment.ofAddress(description),
              MemorySegment.ofAddress(weight),
              MemorySegment.ofAddress(x),
              MemorySegment.ofAddress(y),
              MemorySegment.ofAddress(y),
              algorithm.bytes(),
              result);
      if (status == CublasLt.CUBLAS_STATUS_NOT_SUPPORTED()
          || status == CublasLt.CUBLAS_STATUS_INVALID_VALUE()) {
        return OptionalLong.empty();
      }
      blas("cublasLtMatmulAlgoCheck", status);
      return OptionalLong.of(cublasLtMatmulHeuristicResult_t.workspaceSize(result));
    }
  }

  /** Computes y = W·x for each row, on a stream. */
  public void multiply(BlasAlgorithm algorithm, Operands memory, long stream) {
    try {
      blas(
          "cublasLtMatmul",
          (int)
              MATMUL.invokeExact(
                  library,
                  description,
                  Scaling.ALPHA.address(),
                  memory.weight(),
                  weight,
                  memory.x(),
                  x,
                  Scaling.BETA.address(),
                  memory.y(),
                  y,
                  memory.y(),
                  y,
                  algorithm.bytes().address(),
                  memory.workspace(),
                  algorithm.workspace(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
