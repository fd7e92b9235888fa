package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Computes the states of tiles.
 *
 * @param x the rows; {@link GpuMatrix#NONE} where width is 0
 * @param width values of a row; 0 for maximum and sum alone
 * @param values scores or weights of the rows, by head
 */
public record PoolTiles(
    GpuMatrix x,
    long rows,
    long width,
    Scores values,
    long heads,
    Kind kind,
    TileRun tiles,
    Partials partials)
    implements Launch {
  private static final MethodHandle FUNCTION =
      AddressCall.of(
          CudaKernels.attnpool_cuda_pool$address(), CudaKernels.attnpool_cuda_pool$descriptor());

  /** What the values are. */
  public enum Kind {
    SCORES(0),
    /** States are sums of weights times rows. */
    WEIGHTS(CudaKernels.ATTNPOOL_CUDA_WEIGHTS());

    private final int flags;

    Kind(int flags) {
      this.flags = flags;
    }
  }

  @Override
  public void on(long stream) {
    try {
      KernelLibrary.check(
          "attnpool_cuda_pool",
          (int)
              FUNCTION.invokeExact(
                  x.address(),
                  KernelCode.of(x.type()),
                  rows,
                  width,
                  x.pitch(),
                  values.address(),
                  values.headStride(),
                  heads,
                  kind.flags,
                  tiles.rows(),
                  tiles.count(),
                  partials.maxSum(),
                  partials.context(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
