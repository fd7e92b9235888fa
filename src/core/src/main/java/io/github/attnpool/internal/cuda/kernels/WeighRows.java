package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Turns scores into weights, in place.
 *
 * @param scores by head
 * @param tiles of all the rows
 * @param maxSum address of F64 [sequences, heads, 2]
 */
public record WeighRows(
    Scores scores, long rows, long heads, TileRun tiles, long maxSum, long sequences, float epsilon)
    implements Launch {
  private static final MethodHandle FUNCTION =
      AddressCall.of(
          CudaKernels.attnpool_cuda_weights$address(),
          CudaKernels.attnpool_cuda_weights$descriptor());

  @Override
  public void on(long stream) {
    try {
      KernelLibrary.check(
          "attnpool_cuda_weights",
          (int)
              FUNCTION.invokeExact(
                  scores.address(),
                  scores.headStride(),
                  rows,
                  heads,
                  tiles.rows(),
                  tiles.sequences(),
                  tiles.count(),
                  maxSum,
                  sequences,
                  epsilon,
                  scores.address(),
                  scores.headStride(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
