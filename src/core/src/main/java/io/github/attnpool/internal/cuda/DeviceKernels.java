package io.github.attnpool.internal.cuda;

import io.github.attnpool.Activation;
import io.github.attnpool.bindings.cudakernels.CudaKernels;

/**
 * The project's own kernels, as attnpool_cuda.h describes them. Memory is given by address; each
 * call is one {@link KernelLaunch}.
 */
final class DeviceKernels {
  /** Rows of a tile. */
  static final int TILE_ROWS = CudaKernels.ATTNPOOL_CUDA_TILE_ROWS();

  private static final int WEIGHTS_FLAG = CudaKernels.ATTNPOOL_CUDA_WEIGHTS();
  private static final int RESUME_FLAG = CudaKernels.ATTNPOOL_CUDA_RESUME();
  private static final long NONE = 0;

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
      GpuMatrix from, long positions, long rows, long width, GpuMatrix to, LaunchQueue queue) {
    queue.put(
        KernelLaunch.COPY_ROWS,
        from.address(),
        from.type().kernelCode(),
        from.pitch(),
        positions,
        rows,
        width,
        to.address(),
        to.type().kernelCode(),
        to.pitch());
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
      LaunchQueue queue) {
    queue.put(
        KernelLaunch.ACTIVATE,
        x.address(),
        x.type().kernelCode(),
        rows,
        width,
        x.pitch(),
        bias,
        ActivationCode.of(activation),
        rounded.address(),
        rounded.type().kernelCode(),
        rounded.pitch());
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
      LaunchQueue queue) {
    boolean perSequence = biases != 0;
    TileRun used = perSequence ? tiles : TileRun.NONE;
    queue.put(
        KernelLaunch.SCORE,
        hidden.address(),
        hidden.type().kernelCode(),
        rows,
        form.units(),
        hidden.pitch(),
        perSequence ? biases : form.bias(),
        perSequence ? form.units() : 0,
        form.gateBias(),
        form.a(),
        form.c(),
        form.heads(),
        ActivationCode.of(form.activation()),
        used.rows(),
        used.sequences(),
        used.count(),
        scores,
        headStride,
        rowStride);
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
      LaunchQueue queue) {
    queue.put(
        KernelLaunch.POOL,
        width == 0 ? NONE : x.address(),
        x.type().kernelCode(),
        rows,
        width,
        width == 0 ? 0 : x.pitch(),
        values,
        valuesStride,
        heads,
        weights ? WEIGHTS_FLAG : 0,
        tiles.rows(),
        tiles.count(),
        partials.maxSum(),
        partials.context());
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
      LaunchQueue queue) {
    queue.put(
        KernelLaunch.MERGE,
        partials.maxSum(),
        partials.context(),
        NONE,
        tiles,
        width,
        heads,
        mode.flags,
        sequenceTiles,
        sequences,
        Float.floatToRawIntBits(epsilon),
        maxSum,
        stateContext,
        context);
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
      LaunchQueue queue) {
    queue.put(
        KernelLaunch.WEIGHTS,
        scores,
        stride,
        rows,
        heads,
        tiles.rows(),
        tiles.sequences(),
        tiles.count(),
        maxSum,
        sequences,
        Float.floatToRawIntBits(epsilon),
        scores,
        stride);
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
      LaunchQueue queue) {
    queue.put(
        KernelLaunch.PAD,
        scores,
        rows,
        rows,
        heads,
        offsets,
        NONE,
        sequences,
        steps,
        Float.floatToRawIntBits(Float.NEGATIVE_INFINITY),
        padded);
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
      LaunchQueue queue) {
    queue.put(
        KernelLaunch.UNPAD,
        padded,
        steps,
        scores,
        rows,
        rows,
        heads,
        offsets,
        sequences,
        Float.floatToRawIntBits(epsilon),
        weights,
        rows);
  }
}
