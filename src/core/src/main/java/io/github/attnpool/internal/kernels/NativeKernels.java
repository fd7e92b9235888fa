package io.github.attnpool.internal.kernels;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.Activation;
import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.kernels.Kernels;
import io.github.attnpool.internal.maps.UnitScores;
import io.github.attnpool.internal.natives.NativeFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The project's own kernels. Arrays are given by address; callers have checked every extent, and
 * keep the memory alive. {@code native/include/attnpool.h} says what each kernel reads and writes.
 * The library must be loaded before this class is first used.
 */
public final class NativeKernels {
  private static final MethodHandle SCORE =
      AddressCall.of(Kernels.attnpool_score_f32$address(), Kernels.attnpool_score_f32$descriptor());
  private static final MethodHandle ACTIVATE =
      AddressCall.of(
          Kernels.attnpool_activate_f32$address(), Kernels.attnpool_activate_f32$descriptor());
  private static final MethodHandle LAYER_NORM =
      AddressCall.of(
          Kernels.attnpool_layer_norm_f32$address(), Kernels.attnpool_layer_norm_f32$descriptor());
  private static final MethodHandle MULTIPLY =
      AddressCall.of(
          Kernels.attnpool_multiply_f32$address(), Kernels.attnpool_multiply_f32$descriptor());
  private static final MethodHandle ADD =
      AddressCall.of(Kernels.attnpool_add_f32$address(), Kernels.attnpool_add_f32$descriptor());
  private static final MethodHandle WEIGHTED_SUM =
      AddressCall.of(
          Kernels.attnpool_weighted_sum_f32$address(),
          Kernels.attnpool_weighted_sum_f32$descriptor());
  private static final MethodHandle POOL_F32 =
      AddressCall.of(
          Kernels.attnpool_pool_block_f32$address(), Kernels.attnpool_pool_block_f32$descriptor());
  private static final MethodHandle POOL_BF16 =
      AddressCall.of(
          Kernels.attnpool_pool_block_bf16$address(),
          Kernels.attnpool_pool_block_bf16$descriptor());
  private static final MethodHandle MERGE =
      AddressCall.of(Kernels.attnpool_merge_f64$address(), Kernels.attnpool_merge_f64$descriptor());
  private static final MethodHandle FINISH =
      AddressCall.of(
          Kernels.attnpool_finish_f64$address(), Kernels.attnpool_finish_f64$descriptor());
  private static final MethodHandle WEIGHTS =
      AddressCall.of(
          Kernels.attnpool_weights_f32$address(), Kernels.attnpool_weights_f32$descriptor());
  private static final MethodHandle TO_BF16 =
      AddressCall.of(
          Kernels.attnpool_bf16_from_f32$address(), Kernels.attnpool_bf16_from_f32$descriptor());
  private static final MethodHandle FROM_BF16 =
      AddressCall.of(
          Kernels.attnpool_f32_from_bf16$address(), Kernels.attnpool_f32_from_bf16$descriptor());
  private static final MethodHandle FROM_F16 =
      AddressCall.of(
          Kernels.attnpool_f32_from_f16$address(), Kernels.attnpool_f32_from_f16$descriptor());
  private static final MethodHandle COPY =
      AddressCall.of(Kernels.attnpool_copy_rows$address(), Kernels.attnpool_copy_rows$descriptor());
  private static final MethodHandle TRANSPOSE =
      AddressCall.of(
          Kernels.attnpool_transpose_f32$address(), Kernels.attnpool_transpose_f32$descriptor());

  private NativeKernels() {}

  /**
   * scores[r·stride + t] = c[r] + a[r] · u[t], with the units u of {@link UnitScores}.
   *
   * @param bias in place of the one there, or 0 for none
   * @param work scratch of {@link UnitScores#workFloats}
   * @param ahead what is to be brought into the cache meanwhile, or 0
   */
  public static void score(
      UnitScores form,
      long hidden,
      long rows,
      long bias,
      long work,
      long scores,
      long stride,
      long ahead,
      long aheadBytes) {
    try {
      KernelStatus.check(
          "attnpool_score_f32",
          (int)
              SCORE.invokeExact(
                  hidden,
                  rows,
                  (long) form.units(),
                  form.rowUnits(),
                  bias,
                  form.gateBias(),
                  form.a(),
                  form.c(),
                  (long) form.heads(),
                  ActivationCode.of(form.activation()),
                  work,
                  scores,
                  stride,
                  ahead,
                  aheadBytes));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Sets x to f(scale · x + bias), column by column.
   *
   * @param scale or 0 for ones
   * @param bias or 0 for none
   * @param rounded where the same goes as BF16, or 0
   */
  public static void activate(
      long x, long rows, long width, long scale, long bias, Activation activation, long rounded) {
    try {
      KernelStatus.check(
          "attnpool_activate_f32",
          (int)
              ACTIVATE.invokeExact(
                  x,
                  rows,
                  width,
                  width,
                  scale,
                  bias,
                  ActivationCode.of(activation),
                  rounded,
                  width));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Normalises rows in place (layer normalisation), then applies an activation. A row has groups ·
   * columns values; each group is normalised by itself.
   *
   * @param weight groups · columns values, or 0 for ones
   * @param bias groups · columns values, or 0 for none
   * @param rounded where the same goes as BF16, or 0
   */
  public static void layerNorm(
      long x,
      long rows,
      long groups,
      long columns,
      long weight,
      long bias,
      double epsilon,
      Activation activation,
      long rounded) {
    try {
      KernelStatus.check(
          "attnpool_layer_norm_f32",
          (int)
              LAYER_NORM.invokeExact(
                  x,
                  rows,
                  groups,
                  columns,
                  groups * columns,
                  weight,
                  bias,
                  epsilon,
                  ActivationCode.of(activation),
                  rounded,
                  groups * columns));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Multiplies x by a gate in place, element by element.
   *
   * @param stride F32 values from one row of x to the next
   * @param gateStride F32 values from one row of the gate to the next
   * @param rounded where the same goes as BF16, side by side, or 0
   */
  public static void multiply(
      long x, long rows, long width, long stride, long gate, long gateStride, long rounded) {
    try {
      KernelStatus.check(
          "attnpool_multiply_f32",
          (int) MULTIPLY.invokeExact(x, rows, width, stride, gate, gateStride, rounded, width));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Adds bias[t·biasStride + d·biasStep] to x[t][d] in place.
   *
   * @param stride F32 values from one row of x to the next
   * @param biasStride 0 for the same bias in every row
   * @param biasStep 1, or 0 for one value for a whole row
   */
  public static void add(
      long x, long rows, long width, long stride, long bias, long biasStride, long biasStep) {
    try {
      KernelStatus.check(
          "attnpool_add_f32",
          (int) ADD.invokeExact(x, rows, width, stride, bias, biasStride, biasStep));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** context = Σ weights[t] · x[t]. */
  public static void weightedSum(long x, long rows, long width, long weights, long context) {
    try {
      KernelStatus.check(
          "attnpool_weighted_sum_f32",
          (int) WEIGHTED_SUM.invokeExact(x, rows, width, width, weights, context));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * The softmax states of one block, one for each head: its maximum and sum, and the weighted sum
   * of the rows.
   *
   * @param bf16 whether x is BF16; otherwise F32
   * @param scores of the first head
   * @param scoresStride F32 values from one head's scores to the next one's
   * @param stateStride F64 values from one head's state to the next one's
   */
  public static void poolBlock(
      boolean bf16,
      long x,
      long rows,
      long width,
      long scores,
      long scoresStride,
      long heads,
      long maxSum,
      long context,
      long stateStride) {
    try {
      // Two calls, for a handle must be a constant to become one.
      int status =
          bf16
              ? (int)
                  POOL_BF16.invokeExact(
                      x,
                      rows,
                      width,
                      width,
                      scores,
                      scoresStride,
                      heads,
                      maxSum,
                      context,
                      stateStride)
              : (int)
                  POOL_F32.invokeExact(
                      x,
                      rows,
                      width,
                      width,
                      scores,
                      scoresStride,
                      heads,
                      maxSum,
                      context,
                      stateStride);
      KernelStatus.check("attnpool_pool_block", status);
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Merges another state into one. */
  public static void merge(
      long maxSum, long context, long otherMaxSum, long otherContext, long width) {
    try {
      KernelStatus.check(
          "attnpool_merge_f64",
          (int) MERGE.invokeExact(maxSum, context, otherMaxSum, otherContext, width));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** context = the state's weighted sum over its sum. */
  public static void finish(long maxSum, long stateContext, long width, long context) {
    try {
      KernelStatus.check(
          "attnpool_finish_f64", (int) FINISH.invokeExact(maxSum, stateContext, width, context));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** weights = softmax of scores by a state that covers them; may be the scores themselves. */
  public static void weights(long scores, long rows, long maxSum, long weights) {
    try {
      KernelStatus.check(
          "attnpool_weights_f32", (int) WEIGHTS.invokeExact(scores, rows, maxSum, weights));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Rounds F32 rows to BF16. */
  public static void toBf16(long x, long rows, long width, long rounded) {
    try {
      KernelStatus.check(
          "attnpool_bf16_from_f32",
          (int) TO_BF16.invokeExact(x, rows, width, width, rounded, width));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Widens BF16 rows to F32, exactly, to where they lie side by side. */
  public static void fromBf16(long x, long rows, long width, long pitch, long wide) {
    try {
      KernelStatus.check(
          "attnpool_f32_from_bf16",
          (int) FROM_BF16.invokeExact(x, rows, width, pitch, wide, width));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Widens F16 rows to F32, exactly, to where they lie side by side. */
  public static void fromF16(long x, long rows, long width, long pitch, long wide) {
    try {
      KernelStatus.check(
          "attnpool_f32_from_f16", (int) FROM_F16.invokeExact(x, rows, width, pitch, wide, width));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Copies rows, whichever threads may use the memory from Java.
   *
   * @param pitch bytes from one row to the next
   * @param toPitch bytes from one row of the target to the next
   */
  public static void copyRows(
      long from, long pitch, long rows, long rowBytes, long to, long toPitch) {
    try {
      KernelStatus.check(
          "attnpool_copy_rows", (int) COPY.invokeExact(from, rows, rowBytes, pitch, to, toPitch));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /**
   * Copies rows to columns.
   *
   * @param from rows × width values
   * @param pitch values from one row to the next
   * @param to width × rows values, apart from the rows
   * @param toPitch values from one row of the target to the next
   */
  public static void transpose(
      long from, long pitch, long rows, long width, long to, long toPitch) {
    try {
      KernelStatus.check(
          "attnpool_transpose_f32",
          (int) TRANSPOSE.invokeExact(from, rows, width, pitch, to, toPitch));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Copies bytes. */
  public static void copy(long from, long bytes, long to) {
    copyRows(from, bytes, 1, bytes, to, bytes);
  }

  /** Runs the loop of peak multiply-adds and returns the operations done; 0 where there is none. */
  public static double probe(boolean bf16, long iterations) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sink = arena.allocate(JAVA_FLOAT);
      MemorySegment flops = arena.allocate(JAVA_DOUBLE);
      KernelStatus.check(
          "attnpool_probe",
          bf16
              ? Kernels.attnpool_probe_bf16(iterations, sink, flops)
              : Kernels.attnpool_probe_f32(iterations, sink, flops));
      return flops.get(JAVA_DOUBLE, 0);
    }
  }
}
