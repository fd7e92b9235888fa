package io.github.attnpool.internal.cuda.nvidia;

import static io.github.attnpool.internal.cuda.nvidia.CudaStatus.cudnn;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.cudnn.Cudnn;
import io.github.attnpool.internal.lifetime.Releases;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.function.ToIntFunction;

/**
 * cuDNN's softmax over rows of one length, for one thread at a time. The one class that knows
 * cuDNN's bindings; to be used when the library is loaded.
 */
public final class CudnnSoftmax implements AutoCloseable {
  /**
   * Most rows of one call. A tensor's first dimension may be 2^31 - 1; but kernels that have a
   * block for each of its entries in a grid's second dimension fail above this.
   */
  static final long MOST_ROWS = 65535;

  private static final long MOST_ELEMENTS = Integer.MAX_VALUE; // of a tensor

  private final Releases releases = new Releases();
  private final MemorySegment handle;
  private final MemorySegment shape;

  public CudnnSoftmax() {
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

  /** Returns the version of the library that is loaded, for example 91002. */
  public static long version() {
    return Cudnn.cudnnGetVersion();
  }

  /** Computes the softmax of each row, in place, on a stream. */
  public void run(long values, long rows, long length, long stream) {
    if (rows == 0 || length == 0) {
      return;
    }
    if (length > MOST_ELEMENTS) {
      throw new AttnPoolException(
          "forward",
          String.format(
              Locale.ROOT,
              "cuDNN's softmax of rows of %d values: must be below 2^31; use plan FUSED",
              length));
    }
    cudnn("cudnnSetStream", Cudnn.cudnnSetStream(handle, MemorySegment.ofAddress(stream)));
    long most = mostRows(length);
    for (long row = 0; row < rows; row += most) {
      runOnce(values + row * length * Float.BYTES, Math.min(most, rows - row), length);
    }
  }

  /** Returns the rows of one call. */
  static long mostRows(long length) {
    return Math.min(MOST_ROWS, MOST_ELEMENTS / length);
  }

  private void runOnce(long values, long rows, long length) {
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
            Scaling.ALPHA,
            shape,
            data,
            Scaling.BETA,
            shape,
            data));
  }

  private static MemorySegment created(String call, ToIntFunction<MemorySegment> create) {
    return MemorySegment.ofAddress(OutParameter.longFrom(call, CudaStatus::cudnn, create));
  }

  @Override
  public void close() {
    releases.close();
  }
}
