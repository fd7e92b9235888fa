package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Adds the states of tiles to those of their sequences, in the order of rows.
 *
 * @param tiles how many, from the first of the first sequence on
 * @param width values of a row
 * @param sequenceTiles address of the sequences' first tiles, I64 [sequences + 1]
 * @param context address of F32 [sequences, heads, width], or 0 where it is not wanted
 */
public record MergeStates(
    Partials partials,
    long tiles,
    long width,
    long heads,
    Mode mode,
    long sequenceTiles,
    long sequences,
    float epsilon,
    States states,
    long context)
    implements Launch {
  private static final long FIRST_TILE = 0;

  private static final MethodHandle FUNCTION =
      AddressCall.of(
          CudaKernels.attnpool_cuda_merge$address(), CudaKernels.attnpool_cuda_merge$descriptor());

  /** What is done with the states of sequences. */
  public enum Mode {
    /** They start empty. */
    START(0),
    /** They are continued. */
    RESUME(CudaKernels.ATTNPOOL_CUDA_RESUME()),
    /** They start empty, and the states of tiles are sums of weights times rows. */
    WEIGHTS(CudaKernels.ATTNPOOL_CUDA_WEIGHTS());

    private final int flags;

    Mode(int flags) {
      this.flags = flags;
    }
  }

  @Override
  public void on(long stream) {
    try {
      KernelLibrary.check(
          "attnpool_cuda_merge",
          (int)
              FUNCTION.invokeExact(
                  partials.maxSum(),
                  partials.context(),
                  FIRST_TILE,
                  tiles,
                  width,
                  heads,
                  mode.flags,
                  sequenceTiles,
                  sequences,
                  epsilon,
                  states.maxSum(),
                  states.context(),
                  context,
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
