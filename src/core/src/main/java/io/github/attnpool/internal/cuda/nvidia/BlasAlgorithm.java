package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.blas;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bindings.cublaslt.CublasLt;
import io.github.attnpool.bindings.cublaslt.cublasLtMatmulHeuristicResult_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * A way in which cuBLASLt computes a product.
 *
 * @param bytes of cuBLASLt's description
 * @param workspace bytes of scratch memory that it needs
 * @param waves how often it fills all of the device's processors; 0 where that is not known
 */
public record BlasAlgorithm(MemorySegment bytes, long workspace, double waves) {
  /** Returns this algorithm with another size of scratch memory. */
  public BlasAlgorithm withWorkspace(long other) {
    return new BlasAlgorithm(bytes, other, waves);
  }

  /** Copies those results of a search that succeeded and split no sums. */
  static List<BlasAlgorithm> usable(MemorySegment results, int count, SegmentAllocator arena) {
    List<BlasAlgorithm> usable = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      MemorySegment result = cublasLtMatmulHeuristicResult_t.asSlice(results, i);
      MemorySegment algorithm = cublasLtMatmulHeuristicResult_t.algo(result);
      if (cublasLtMatmulHeuristicResult_t.state(result) == CublasLt.CUBLAS_STATUS_SUCCESS()
          && !splitsSums(algorithm)) {
        usable.add(
            new BlasAlgorithm(
                arena.allocate(algorithm.byteSize(), Long.BYTES).copyFrom(algorithm),
                cublasLtMatmulHeuristicResult_t.workspaceSize(result),
                cublasLtMatmulHeuristicResult_t.wavesCount(result)));
      }
    }
    return usable;
  }

  /** Returns whether several blocks add up parts of one sum. */
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
}
