package io.github.attnpool.internal.cuda;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * The project's own kernels. Numbers are the arguments that attnpool_cuda.h describes, in its
 * order, but for the stream; a float is its bits.
 */
enum KernelLaunch implements Launch {
  COPY_ROWS("attnpool_cuda_copy_rows") {
    @Override
    int call(long stream, long[] n) throws Throwable {
      return (int)
          Handles.COPY_ROWS.invokeExact(
              n[0], (int) n[1], n[2], n[3], n[4], n[5], n[6], (int) n[7], n[8], stream);
    }
  },
  ACTIVATE("attnpool_cuda_activate") {
    @Override
    int call(long stream, long[] n) throws Throwable {
      return (int)
          Handles.ACTIVATE.invokeExact(
              n[0], (int) n[1], n[2], n[3], n[4], n[5], (int) n[6], n[7], (int) n[8], n[9], stream);
    }
  },
  SCORE("attnpool_cuda_score") {
    @Override
    int call(long stream, long[] n) throws Throwable {
      return (int)
          Handles.SCORE.invokeExact(
              n[0],
              (int) n[1],
              n[2],
              n[3],
              n[4],
              n[5],
              n[6],
              n[7],
              n[8],
              n[9],
              n[10],
              (int) n[11],
              n[12],
              n[13],
              n[14],
              n[15],
              n[16],
              n[17],
              stream);
    }
  },
  POOL("attnpool_cuda_pool") {
    @Override
    int call(long stream, long[] n) throws Throwable {
      return (int)
          Handles.POOL.invokeExact(
              n[0],
              (int) n[1],
              n[2],
              n[3],
              n[4],
              n[5],
              n[6],
              n[7],
              (int) n[8],
              n[9],
              n[10],
              n[11],
              n[12],
              stream);
    }
  },
  MERGE("attnpool_cuda_merge") {
    @Override
    int call(long stream, long[] n) throws Throwable {
      return (int)
          Handles.MERGE.invokeExact(
              n[0],
              n[1],
              n[2],
              n[3],
              n[4],
              n[5],
              (int) n[6],
              n[7],
              n[8],
              Float.intBitsToFloat((int) n[9]),
              n[10],
              n[11],
              n[12],
              stream);
    }
  },
  WEIGHTS("attnpool_cuda_weights") {
    @Override
    int call(long stream, long[] n) throws Throwable {
      return (int)
          Handles.WEIGHTS.invokeExact(
              n[0],
              n[1],
              n[2],
              n[3],
              n[4],
              n[5],
              n[6],
              n[7],
              n[8],
              Float.intBitsToFloat((int) n[9]),
              n[10],
              n[11],
              stream);
    }
  },
  PAD("attnpool_cuda_pad") {
    @Override
    int call(long stream, long[] n) throws Throwable {
      return (int)
          Handles.PAD.invokeExact(
              n[0],
              n[1],
              n[2],
              n[3],
              n[4],
              n[5],
              n[6],
              n[7],
              Float.intBitsToFloat((int) n[8]),
              n[9],
              stream);
    }
  },
  UNPAD("attnpool_cuda_unpad") {
    @Override
    int call(long stream, long[] n) throws Throwable {
      return (int)
          Handles.UNPAD.invokeExact(
              n[0],
              n[1],
              n[2],
              n[3],
              n[4],
              n[5],
              n[6],
              n[7],
              Float.intBitsToFloat((int) n[8]),
              n[9],
              n[10],
              stream);
    }
  };

  private final String function;

  KernelLaunch(String function) {
    this.function = function;
  }

  abstract int call(long stream, long[] n) throws Throwable;

  @Override
  public void on(long stream, long... numbers) {
    try {
      CudaStatus.kernel(function, call(stream, numbers));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  private static final class Handles {
    static final MethodHandle COPY_ROWS =
        AddressCall.of(
            CudaKernels.attnpool_cuda_copy_rows$address(),
            CudaKernels.attnpool_cuda_copy_rows$descriptor());
    static final MethodHandle ACTIVATE =
        AddressCall.of(
            CudaKernels.attnpool_cuda_activate$address(),
            CudaKernels.attnpool_cuda_activate$descriptor());
    static final MethodHandle SCORE =
        AddressCall.of(
            CudaKernels.attnpool_cuda_score$address(),
            CudaKernels.attnpool_cuda_score$descriptor());
    static final MethodHandle POOL =
        AddressCall.of(
            CudaKernels.attnpool_cuda_pool$address(), CudaKernels.attnpool_cuda_pool$descriptor());
    static final MethodHandle MERGE =
        AddressCall.of(
            CudaKernels.attnpool_cuda_merge$address(),
            CudaKernels.attnpool_cuda_merge$descriptor());
    static final MethodHandle WEIGHTS =
        AddressCall.of(
            CudaKernels.attnpool_cuda_weights$address(),
            CudaKernels.attnpool_cuda_weights$descriptor());
    static final MethodHandle PAD =
        AddressCall.of(
            CudaKernels.attnpool_cuda_pad$address(), CudaKernels.attnpool_cuda_pad$descriptor());
    static final MethodHandle UNPAD =
        AddressCall.of(
            CudaKernels.attnpool_cuda_unpad$address(),
            CudaKernels.attnpool_cuda_unpad$descriptor());

    private Handles() {}
  }
}
