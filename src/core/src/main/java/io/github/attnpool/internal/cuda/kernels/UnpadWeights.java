package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Turns padded results of a softmax without epsilon into weights.
 *
 * @param scores what the softmax was computed from, by head
 * @param weights the result, by head
 */
public record UnpadWeights(
    PaddedScores softmax, Scores scores, long rows, long heads, float epsilon, Scores weights)
    implements Launch {
  private static final MethodHandle FUNCTION =
      AddressCall.of(
          CudaKernels.attnpool_cuda_unpad$address(), CudaKernels.attnpool_cuda_unpad$descriptor());

  @Override
  public void on(long stream) {
    try {
      KernelLibrary.check(
          "attnpool_cuda_unpad",
          (int)
              FUNCTION.invokeExact(
                  softmax.address(),
                  softmax.steps(),
                  scores.address(),
                  scores.headStride(),
                  rows,
                  heads,
                  softmax.offsets(),
                  softmax.sequences(),
                  epsilon,
                  weights.address(),
                  weights.headStride(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
