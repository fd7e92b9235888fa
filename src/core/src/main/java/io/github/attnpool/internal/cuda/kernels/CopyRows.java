package io.github.attnpool.internal.cuda.kernels;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.Launch;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * Copies rows and converts them to the type of the target.
 *
 * @param positions address of the rows' indices in {@code from}, I64; 0 to take rows in order
 * @param width values of a row
 */
public record CopyRows(GpuMatrix from, long positions, long rows, long width, GpuMatrix to)
    implements Launch {
  private static final MethodHandle FUNCTION =
      AddressCall.of(
          CudaKernels.attnpool_cuda_copy_rows$address(),
          CudaKernels.attnpool_cuda_copy_rows$descriptor());

  /** Copies rows in order. */
  public CopyRows(GpuMatrix from, long rows, long width, GpuMatrix to) {
    this(from, 0, rows, width, to);
  }

  @Override
  public void on(long stream) {
    try {
      KernelLibrary.check(
          "attnpool_cuda_copy_rows",
          (int)
              FUNCTION.invokeExact(
                  from.address(),
                  KernelCode.of(from.type()),
                  from.pitch(),
                  positions,
                  rows,
                  width,
                  to.address(),
                  KernelCode.of(to.type()),
                  to.pitch(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
