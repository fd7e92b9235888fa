package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.Activation;
import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Computes x = f(x + bias) in place.
 *
 * @param width values of a row
 * @param bias address of F32 [width], or 0 for none
 * @param rounded gets x in another type; {@link GpuMatrix#NONE} if nobody needs it
 */
public record Activate(
    GpuMatrix x, long rows, long width, long bias, Activation activation, GpuMatrix rounded)
    implements Launch {
  private static final MethodHandle FUNCTION =
      AddressCall.of(
          CudaKernels.attnpool_cuda_activate$address(),
          CudaKernels.attnpool_cuda_activate$descriptor());

  @Override
  public void on(long stream) {
    try {
      KernelLibrary.check(
          "attnpool_cuda_activate",
          (int)
              FUNCTION.invokeExact(
                  x.address(),
                  KernelCode.of(x.type()),
                  rows,
                  width,
                  x.pitch(),
                  bias,
                  KernelCode.of(activation),
                  rounded.address(),
                  KernelCode.of(rounded.type()),
                  rounded.pitch(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
