package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.maps.UnitScores;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Computes scores of rows, or any small linear map of them.
 *
 * @param hidden the rows; with a gate, its units follow the others in each row
 * @param biases address of F32 [sequences, units]; 0 where the map's bias serves all rows
 * @param tiles of these rows, which tell the sequences; {@link TileRun#NONE} without biases
 */
public record ScoreRows(
    UnitScores map, GpuMatrix hidden, long rows, long biases, TileRun tiles, Scores to)
    implements Launch {
  private static final MethodHandle FUNCTION =
      AddressCall.of(
          CudaKernels.attnpool_cuda_score$address(), CudaKernels.attnpool_cuda_score$descriptor());

  /** Computes with the map's bias for all rows. */
  public ScoreRows(UnitScores map, GpuMatrix hidden, long rows, Scores to) {
    this(map, hidden, rows, 0, TileRun.NONE, to);
  }

  @Override
  public void on(long stream) {
    boolean perSequence = biases != 0;
    try {
      KernelLibrary.check(
          "attnpool_cuda_score",
          (int)
              FUNCTION.invokeExact(
                  hidden.address(),
                  KernelCode.of(hidden.type()),
                  rows,
                  (long) map.units(),
                  hidden.pitch(),
                  perSequence ? biases : map.bias(),
                  perSequence ? (long) map.units() : 0L,
                  map.gateBias(),
                  map.a(),
                  map.c(),
                  (long) map.heads(),
                  KernelCode.of(map.activation()),
                  tiles.rows(),
                  tiles.sequences(),
                  tiles.count(),
                  to.address(),
                  to.headStride(),
                  to.rowStride(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
