package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Pads scores to the longest sequence, with −∞ where a sequence is shorter.
 *
 * @param scores by head
 */
public record PadScores(Scores scores, long rows, long heads, PaddedScores to) implements Launch {
  private static final long NO_POSITIONS = 0;

  private static final MethodHandle FUNCTION =
      AddressCall.of(
          CudaKernels.attnpool_cuda_pad$address(), CudaKernels.attnpool_cuda_pad$descriptor());

  @Override
  public void on(long stream) {
    try {
      KernelLibrary.check(
          "attnpool_cuda_pad",
          (int)
              FUNCTION.invokeExact(
                  scores.address(),
                  scores.headStride(),
                  rows,
                  heads,
                  to.offsets(),
                  NO_POSITIONS,
                  to.sequences(),
                  to.steps(),
                  Float.NEGATIVE_INFINITY,
                  to.address(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
