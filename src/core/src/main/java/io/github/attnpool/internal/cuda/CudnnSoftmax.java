package io.github.attnpool.internal.cuda;

import static io.github.attnpool.internal.cuda.CudaStatus.cudnn;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.cudnn.Cudnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.ToIntFunction;

/**
 * cuDNN's softmax over rows of one length, for one thread at a time. The one class that knows
 * cuDNN's bindings; to be used when the library is loaded.
 */
final class CudnnSoftmax implements AutoCloseable {
  /** 1 and 0: what results and what was there before are multiplied by. */
  private static final MemorySegment ALPHA_BETA = Arena.global().allocateFrom(JAVA_FLOAT, 1, 0);

  private final Releases releases = new Releases();
  private final MemorySegment handle;
  private final MemorySegment shape;

  CudnnSoftmax() {
    try {
      handle = created("cudnnCreate", Cudnn::cudnnCreate);
      releases.own(() -> cudnn("cudnnDestroy", Cudnn.cudnnDestroy(handle)));
      shape = created("cudnnCreateTensorDescriptor", Cudnn::cudnnCreateTensorDescriptor);
      releases.own(
          () -> cudnn("cudnnDestroyTensorDescriptor", Cudnn.cudnnDestroyTensorDescriptor(shape)));
    } catch (RuntimeException | Error e) {
      releases.closeAfter(e);
      throw e;
    }
  }

  /** Version of the library that is loaded, for example 91002. */
  static long version() {
    return Cudnn.cudnnGetVersion();
  }

  /** Softmax of each row, in place, on the stream. */
  void run(long values, long rows, long length, long stream) {
    if (rows == 0 || length == 0) {
      return;
    }
    if (rows > Integer.MAX_VALUE || length > Integer.MAX_VALUE) {
      throw new AttnPoolException(
          "forward",
          "cuDNN's softmax of %d rows of %d values: sizes must be below 2^31; use plan FUSED"
              .formatted(rows, length));
    }
    cudnn("cudnnSetStream", Cudnn.cudnnSetStream(handle, MemorySegment.ofAddress(stream)));
    cudnn(
        "cudnnSetTensor4dDescriptor",
        Cudnn.cudnnSetTensor4dDescriptor(
            shape,
            Cudnn.CUDNN_TENSOR_NCHW(),
            Cudnn.CUDNN_DATA_FLOAT(),
            (int) rows,
            (int) length,
            1,
            1));
    MemorySegment data = MemorySegment.ofAddress(values);
    cudnn(
        "cudnnSoftmaxForward",
        Cudnn.cudnnSoftmaxForward(
            handle,
            Cudnn.CUDNN_SOFTMAX_ACCURATE(),
            Cudnn.CUDNN_SOFTMAX_MODE_INSTANCE(),
            ALPHA_BETA,
            shape,
            data,
            ALPHA_BETA.asSlice(Float.BYTES),
            shape,
            data));
  }

  private static MemorySegment created(String call, ToIntFunction<MemorySegment> create) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      cudnn(call, create.applyAsInt(out));
      return MemorySegment.ofAddress(out.get(JAVA_LONG, 0));
    }
  }

  @Override
  public void close() {
    releases.close();
  }
}
