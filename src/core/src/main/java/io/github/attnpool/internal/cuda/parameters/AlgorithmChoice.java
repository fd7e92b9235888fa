package io.github.attnpool.internal.cuda.parameters;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.cuda.nvidia.BlasAlgorithm;
import io.github.attnpool.internal.cuda.nvidia.BlasLt;
import io.github.attnpool.internal.cuda.nvidia.BlasProduct;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Chooses the one algorithm that multiplies any number of rows by a matrix. The choice depends on
 * the matrix, the types and the card alone, so that bits do not change with chunks or batches.
 */
final class AlgorithmChoice {
  private static final long MAX_WORKSPACE = 32L << 20;
  private static final int CANDIDATES = 16;

  /** Most rows of one call of cuBLASLt. */
  static final long MOST_ROWS = 1 << 16;

  /** The algorithm is the best for so many rows. */
  private static final long CHOSEN_FOR = 1 << 14;

  /** Numbers of rows that it must serve: small ones, and those around the sizes of blocks. */
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
   * Chooses an algorithm.
   *
   * @param weightLayout of W [outputs, inputs]
   * @param type of W and the rows
   * @param arena owner of the algorithm
   */
  static BlasAlgorithm choose(
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
      BlasProduct product = new BlasProduct(blas, description, weightLayout, x, y);
      MemorySegment number = scratch.allocate(JAVA_LONG);
      for (BlasAlgorithm each : product.algorithms(MAX_WORKSPACE, CANDIDATES, arena)) {
        OptionalLong workspace = workspace(product, each, number);
        if (workspace.isPresent() && workspace.getAsLong() <= MAX_WORKSPACE) {
          return each.withWorkspace(workspace.getAsLong());
        }
      }
      throw new AttnPoolException(
          "build layer",
          String.format(
              Locale.ROOT,
              "cuBLASLt has no algorithm for %d to %d values in %s that serves any number of rows",
              inputs,
              outputs,
              type));
    }
  }

  /** Returns what an algorithm needs for every number of rows; empty if it does not serve one. */
  private static OptionalLong workspace(
      BlasProduct product, BlasAlgorithm algorithm, MemorySegment number) {
    long most = 0;
    for (long rows : SERVED) {
      BlasLt.setRows(product.x(), rows, number);
      BlasLt.setRows(product.y(), rows, number);
      OptionalLong needed = product.workspace(algorithm);
      if (needed.isEmpty()) {
        return needed;
      }
      most = Math.max(most, needed.getAsLong());
    }
    return OptionalLong.of(most);
  }

  /** Returns the rows that fill all of the device's processors once; 0 where it is not known. */
  static long waveRows(BlasAlgorithm algorithm) {
    return algorithm.waves() > 0 ? (long) (CHOSEN_FOR / algorithm.waves()) : 0;
  }
}
