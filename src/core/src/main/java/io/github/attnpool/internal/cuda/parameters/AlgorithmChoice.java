package io.github.attnpool.internal.cuda.parameters;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.nvidia.BlasLt;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.nvidia.Releases;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Chooses the one algorithm that multiplies any number of rows by a matrix. The choice depends on
 * the matrix, the types and the card alone, so that bits do not change with chunks or batches.
 */
final class AlgorithmChoice {
  private static final long MAX_WORKSPACE = 32L << 20;
  private static final int CANDIDATES = 16;

  /** Most rows of one call of cuBLASLt. */
  static final long MOST_ROWS = 1 << 16;

  /** It is the best for so many rows. */
  private static final long CHOSEN_FOR = 1 << 14;

  /** Numbers of rows that it must serve: few, and those around the sizes of blocks. */
  private static final long[] SERVED = {
    1,
    2,
    3,
    5,
    8,
    15,
    16,
    17,
    31,
    32,
    33,
    63,
    64,
    65,
    100,
    127,
    128,
    129,
    192,
    255,
    256,
    257,
    511,
    512,
    513,
    1000,
    4097,
    CHOSEN_FOR,
    MOST_ROWS
  };

  private AlgorithmChoice() {}

  /**
   * Chooses.
   *
   * @param weightLayout of W [outputs, inputs]
   * @param type of W and the rows
   * @param arena owner of the algorithm
   */
  static BlasLt.Algorithm choose(
      long blas,
      long description,
      long weightLayout,
      int inputs,
      int outputs,
      GpuType type,
      GpuType result,
      Arena arena) {
    try (Releases releases = new Releases();
        Arena scratch = Arena.ofConfined()) {
      long x = BlasLt.layout(type, CHOSEN_FOR, inputs, type.pitch(inputs));
      releases.own(() -> BlasLt.destroyLayout(x));
      long y = BlasLt.layout(result, CHOSEN_FOR, outputs, result.pitch(outputs));
      releases.own(() -> BlasLt.destroyLayout(y));
      long[] layouts = {weightLayout, x, y};
      List<BlasLt.Algorithm> candidates =
          BlasLt.algorithms(blas, description, layouts, MAX_WORKSPACE, CANDIDATES, arena);
      MemorySegment number = scratch.allocate(JAVA_LONG);
      for (BlasLt.Algorithm candidate : candidates) {
        long workspace = 0;
        for (int i = 0; i < SERVED.length && workspace >= 0; i++) {
          BlasLt.setRows(x, SERVED[i], number);
          BlasLt.setRows(y, SERVED[i], number);
          long more = BlasLt.check(blas, description, layouts, candidate);
          workspace = more < 0 ? -1 : Math.max(workspace, more);
        }
        if (workspace >= 0 && workspace <= MAX_WORKSPACE) {
          return new BlasLt.Algorithm(candidate.bytes(), workspace, candidate.waves());
        }
      }
      throw new AttnPoolException(
          "build layer",
          "cuBLASLt has no algorithm for %d to %d values in %s that serves any number of rows"
              .formatted(inputs, outputs, type));
    }
  }

  /** Rows that fill all of the device's processors once; 0 where that is not known. */
  static long waveRows(BlasLt.Algorithm algorithm) {
    return algorithm.waves() > 0 ? (long) (CHOSEN_FOR / algorithm.waves()) : 0;
  }
}
