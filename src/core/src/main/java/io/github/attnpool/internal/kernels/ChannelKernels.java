package io.github.attnpool.internal.kernels;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.kernels.Kernels;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.invoke.MethodHandle;

/**
 * The project's own kernels for softmax per channel, and for standard deviations. As in {@link
 * NativeKernels}, arrays are given by address and nothing is checked here.
 *
 * <p>States of channels are arrays of F64, one value for each channel: the maxima m of the scores,
 * the sums s of exp(e − m), the sums of exp(e − m)·x and, for two moments, the sums of exp(e − m)
 * times the square of x's distance from the mean. No rows at all: m = −∞, zeros.
 */
public final class ChannelKernels {
  private static final MethodHandle BLOCK_F32 =
      AddressCall.of(
          Kernels.attnpool_channel_block_f32$address(),
          Kernels.attnpool_channel_block_f32$descriptor());
  private static final MethodHandle BLOCK_BF16 =
      AddressCall.of(
          Kernels.attnpool_channel_block_bf16$address(),
          Kernels.attnpool_channel_block_bf16$descriptor());
  private static final MethodHandle HEAD_MOMENTS_F32 =
      AddressCall.of(
          Kernels.attnpool_head_moments_f32$address(),
          Kernels.attnpool_head_moments_f32$descriptor());
  private static final MethodHandle HEAD_MOMENTS_BF16 =
      AddressCall.of(
          Kernels.attnpool_head_moments_bf16$address(),
          Kernels.attnpool_head_moments_bf16$descriptor());
  private static final MethodHandle MERGE =
      AddressCall.of(
          Kernels.attnpool_channel_merge_f64$address(),
          Kernels.attnpool_channel_merge_f64$descriptor());
  private static final MethodHandle FINISH =
      AddressCall.of(
          Kernels.attnpool_channel_finish_f64$address(),
          Kernels.attnpool_channel_finish_f64$descriptor());
  private static final MethodHandle WEIGHTS =
      AddressCall.of(
          Kernels.attnpool_channel_weights_f32$address(),
          Kernels.attnpool_channel_weights_f32$descriptor());

  private ChannelKernels() {}

  /**
   * Computes the states of one block for channels, each with a softmax over the rows: arrays of
   * maxima, of sums, of weighted sums of x and, for two moments, of weighted squares about the
   * mean.
   *
   * @param bf16 whether x is BF16; otherwise F32
   * @param scores [rows, channels]
   * @param moments 1, or 2 for squares too
   * @param statesStride F64 values from one array of the states to the next
   */
  public static void block(
      boolean bf16,
      long x,
      long rows,
      long channels,
      long scores,
      int moments,
      long states,
      long statesStride) {
    try {
      int status =
          bf16
              ? (int)
                  BLOCK_BF16.invokeExact(
                      x, rows, channels, channels, scores, channels, moments, states, statesStride)
              : (int)
                  BLOCK_F32.invokeExact(
                      x, rows, channels, channels, scores, channels, moments, states, statesStride);
      KernelStatus.check("attnpool_channel_block", status);
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Computes the states of one block for heads with two moments, as those of heads · width
   * channels.
   *
   * @param bf16 whether x is BF16; otherwise F32
   * @param scores of the first head
   * @param scoresStride F32 values from one head's scores to the next one's
   * @param statesStride F64 values from one array of the states to the next
   */
  public static void headMoments(
      boolean bf16,
      long x,
      long rows,
      long width,
      long scores,
      long scoresStride,
      long heads,
      long states,
      long statesStride) {
    try {
      int status =
          bf16
              ? (int)
                  HEAD_MOMENTS_BF16.invokeExact(
                      x, rows, width, width, scores, scoresStride, heads, states, statesStride)
              : (int)
                  HEAD_MOMENTS_F32.invokeExact(
                      x, rows, width, width, scores, scoresStride, heads, states, statesStride);
      KernelStatus.check("attnpool_head_moments", status);
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Merges other states of channels, which lie alike, into states. */
  public static void merge(long states, long other, long channels, long statesStride, int moments) {
    try {
      KernelStatus.check(
          "attnpool_channel_merge_f64",
          (int) MERGE.invokeExact(states, other, channels, statesStride, moments));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Computes the means of channels' states, and their standard deviations.
   *
   * @param epsilon added to the sum of exp(e)
   * @param deviation where √max(variance, minVariance) goes, or 0 for states of one moment
   */
  public static void finish(
      long states,
      long channels,
      long statesStride,
      double epsilon,
      double minVariance,
      long mean,
      long deviation) {
    try {
      KernelStatus.check(
          "attnpool_channel_finish_f64",
          (int)
              FINISH.invokeExact(
                  states, channels, statesStride, epsilon, minVariance, mean, deviation));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Computes the weights of channels by states that cover the rows; may be the scores themselves.
   *
   * @param scores [rows, channels]
   * @param epsilon added to the sum of exp(e)
   */
  public static void weights(
      long scores,
      long rows,
      long channels,
      long states,
      long statesStride,
      double epsilon,
      long weights) {
    try {
      KernelStatus.check(
          "attnpool_channel_weights_f32",
          (int)
              WEIGHTS.invokeExact(
                  scores,
                  rows,
                  channels,
                  channels,
                  states,
                  statesStride,
                  epsilon,
                  weights,
                  channels));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }
}
