package io.github.attnpool.internal.cuda;

import static io.github.attnpool.internal.cuda.CudaStatus.kernel;

import io.github.attnpool.Activation;
import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.cudakernels.CudaKernels;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * The project's own kernels, as attnpool_cuda.h describes them. Memory is given by address; each
 * call puts one kernel on a stream. The one class that calls their bindings.
 */
final class DeviceKernels {
  /** Rows of a tile. */
  static final int TILE_ROWS = CudaKernels.ATTNPOOL_CUDA_TILE_ROWS();

  private static final MethodHandle COPY_ROWS =
      AddressCall.of(
          CudaKernels.attnpool_cuda_copy_rows$address(),
          CudaKernels.attnpool_cuda_copy_rows$descriptor());
  private static final MethodHandle ACTIVATE =
      AddressCall.of(
          CudaKernels.attnpool_cuda_activate$address(),
          CudaKernels.attnpool_cuda_activate$descriptor());
  private static final MethodHandle SCORE =
      AddressCall.of(
          CudaKernels.attnpool_cuda_score$address(), CudaKernels.attnpool_cuda_score$descriptor());
  private static final MethodHandle POOL =
      AddressCall.of(
          CudaKernels.attnpool_cuda_pool$address(), CudaKernels.attnpool_cuda_pool$descriptor());
  private static final MethodHandle MERGE =
      AddressCall.of(
          CudaKernels.attnpool_cuda_merge$address(), CudaKernels.attnpool_cuda_merge$descriptor());
  private static final MethodHandle WEIGHTS =
      AddressCall.of(
          CudaKernels.attnpool_cuda_weights$address(),
          CudaKernels.attnpool_cuda_weights$descriptor());
  private static final MethodHandle PAD =
      AddressCall.of(
          CudaKernels.attnpool_cuda_pad$address(), CudaKernels.attnpool_cuda_pad$descriptor());
  private static final MethodHandle UNPAD =
      AddressCall.of(
          CudaKernels.attnpool_cuda_unpad$address(), CudaKernels.attnpool_cuda_unpad$descriptor());

  private static final int WEIGHTS_FLAG = CudaKernels.ATTNPOOL_CUDA_WEIGHTS();
  private static final int RESUME_FLAG = CudaKernels.ATTNPOOL_CUDA_RESUME();

  private DeviceKernels() {}

  /** What the kernels were built for. */
  static String build() {
    return CudaKernels.attnpool_cuda_build().getString(0);
  }

  /**
   * Copies and converts rows.
   *
   * @param positions of the rows in {@code from}, I64; 0 for one after another
   */
  static void copyRows(
      GpuMatrix from, long positions, long rows, long width, GpuMatrix to, long stream) {
    try {
      kernel(
          "attnpool_cuda_copy_rows",
          (int)
              COPY_ROWS.invokeExact(
                  from.address(),
                  from.type().kernelCode(),
                  from.pitch(),
                  positions,
                  rows,
                  width,
                  to.address(),
                  to.type().kernelCode(),
                  to.pitch(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * x = f(x + bias) in place.
   *
   * @param bias F32, or 0 for none
   * @param rounded gets the same in another type; NONE for nothing
   */
  static void activate(
      GpuMatrix x,
      long rows,
      long width,
      long bias,
      Activation activation,
      GpuMatrix rounded,
      long stream) {
    int code = ActivationCode.of(activation);
    try {
      kernel(
          "attnpool_cuda_activate",
          (int)
              ACTIVATE.invokeExact(
                  x.address(),
                  x.type().kernelCode(),
                  rows,
                  width,
                  x.pitch(),
                  bias,
                  code,
                  rounded.address(),
                  rounded.type().kernelCode(),
                  rounded.pitch(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Scores of rows, or any small linear map of them.
   *
   * @param biases 0 where the form's bias is that of all rows; else [sequences, units], F32
   * @param tiles of these rows; used with biases only
   */
  static void score(
      ScoreForm form,
      GpuMatrix hidden,
      long rows,
      long biases,
      TileRun tiles,
      long scores,
      long headStride,
      long rowStride,
      long stream) {
    boolean perSequence = biases != 0;
    int code = ActivationCode.of(form.activation());
    try {
      kernel(
          "attnpool_cuda_score",
          (int)
              SCORE.invokeExact(
                  hidden.address(),
                  hidden.type().kernelCode(),
                  rows,
                  (long) form.units(),
                  hidden.pitch(),
                  perSequence ? biases : form.bias(),
                  perSequence ? (long) form.units() : 0L,
                  form.gateBias(),
                  form.a(),
                  form.c(),
                  (long) form.heads(),
                  code,
                  perSequence ? tiles.rows() : 0L,
                  perSequence ? tiles.sequences() : 0L,
                  perSequence ? tiles.count() : 0L,
                  scores,
                  headStride,
                  rowStride,
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * The states of tiles.
   *
   * @param width 0 for maximum and sum alone
   * @param weights whether values are weights, not scores
   */
  static void pool(
      GpuMatrix x,
      long rows,
      long width,
      long values,
      long valuesStride,
      long heads,
      boolean weights,
      TileRun tiles,
      Partials partials,
      long stream) {
    try {
      kernel(
          "attnpool_cuda_pool",
          (int)
              POOL.invokeExact(
                  width == 0 ? 0L : x.address(),
                  x.type().kernelCode(),
                  rows,
                  width,
                  width == 0 ? 0L : x.pitch(),
                  values,
                  valuesStride,
                  heads,
                  weights ? WEIGHTS_FLAG : 0,
                  tiles.rows(),
                  tiles.count(),
                  partials.maxSum(),
                  partials.context(),
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** What {@link #merge} does with states of sequences. */
  enum Merge {
    /** They start empty. */
    START(0),
    /** They are continued. */
    RESUME(RESUME_FLAG),
    /** They start empty, and tiles' states are sums of weights. */
    WEIGHTS(WEIGHTS_FLAG);

    private final int flags;

    Merge(int flags) {
      this.flags = flags;
    }
  }

  /**
   * Adds the states of tiles to those of their sequences.
   *
   * @param sequenceTiles I64 [sequences + 1]
   * @param stateContext F64, or 0 where it is not kept
   * @param context F32, or 0 where it is not wanted
   */
  static void merge(
      Partials partials,
      long tiles,
      long width,
      long heads,
      Merge mode,
      long sequenceTiles,
      long sequences,
      float epsilon,
      long maxSum,
      long stateContext,
      long context,
      long stream) {
    try {
      kernel(
          "attnpool_cuda_merge",
          (int)
              MERGE.invokeExact(
                  partials.maxSum(),
                  partials.context(),
                  0L,
                  tiles,
                  width,
                  heads,
                  mode.flags,
                  sequenceTiles,
                  sequences,
                  epsilon,
                  maxSum,
                  stateContext,
                  context,
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Scores to weights, in place. */
  static void weights(
      long scores,
      long stride,
      long rows,
      long heads,
      TileRun tiles,
      long maxSum,
      long sequences,
      float epsilon,
      long stream) {
    try {
      kernel(
          "attnpool_cuda_weights",
          (int)
              WEIGHTS.invokeExact(
                  scores,
                  stride,
                  rows,
                  heads,
                  tiles.rows(),
                  tiles.sequences(),
                  tiles.count(),
                  maxSum,
                  sequences,
                  epsilon,
                  scores,
                  stride,
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Scores [heads, rows] to [sequences, heads, steps], −∞ where a sequence is shorter. */
  static void pad(
      long scores,
      long rows,
      long heads,
      long offsets,
      long sequences,
      long steps,
      long padded,
      long stream) {
    try {
      kernel(
          "attnpool_cuda_pad",
          (int)
              PAD.invokeExact(
                  scores,
                  rows,
                  rows,
                  heads,
                  offsets,
                  0L,
                  sequences,
                  steps,
                  Float.NEGATIVE_INFINITY,
                  padded,
                  stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Softmax results [sequences, heads, steps] to weights [heads, rows]. */
  static void unpad(
      long padded,
      long steps,
      long scores,
      long rows,
      long heads,
      long offsets,
      long sequences,
      float epsilon,
      long weights,
      long stream) {
    try {
      kernel(
          "attnpool_cuda_unpad",
          (int)
              UNPAD.invokeExact(
                  padded, steps, scores, rows, rows, heads, offsets, sequences, epsilon, weights,
                  rows, stream));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
