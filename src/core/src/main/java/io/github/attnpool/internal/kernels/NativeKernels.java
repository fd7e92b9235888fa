package io.github.attnpool.internal.kernels;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.bindings.AddressCall;
import io.github.attnpool.bindings.kernels.Kernels;
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
      AddressCall.of(Kernels.attnpool_merge_f32$address(), Kernels.attnpool_merge_f32$descriptor());
  private static final MethodHandle FINISH =
      AddressCall.of(
          Kernels.attnpool_finish_f32$address(), Kernels.attnpool_finish_f32$descriptor());
  private static final MethodHandle WEIGHTS =
      AddressCall.of(
          Kernels.attnpool_weights_f32$address(), Kernels.attnpool_weights_f32$descriptor());
  private static final MethodHandle TO_BF16 =
      AddressCall.of(
          Kernels.attnpool_bf16_from_f32$address(), Kernels.attnpool_bf16_from_f32$descriptor());
  private static final MethodHandle FROM_BF16 =
      AddressCall.of(
          Kernels.attnpool_f32_from_bf16$address(), Kernels.attnpool_f32_from_bf16$descriptor());
  private static final MethodHandle COPY =
      AddressCall.of(Kernels.attnpool_copy_rows$address(), Kernels.attnpool_copy_rows$descriptor());

  private NativeKernels() {}

  /**
   * scores[t] = c + a · f(hidden[t] + bias); bias may be 0 for none.
   *
   * @param ahead what is to be brought into the cache meanwhile, or 0
   */
  public static void score(
      long hidden,
      long rows,
      long units,
      long bias,
      long a,
      float c,
      Activation activation,
      long scores,
      long ahead,
      long aheadBytes) {
    try {
      KernelStatus.check(
          "attnpool_score_f32",
          (int)
              SCORE.invokeExact(
                  hidden,
                  rows,
                  units,
                  units,
                  bias,
                  a,
                  c,
                  activation.code(),
                  scores,
                  ahead,
                  aheadBytes));
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
   * The softmax state of one block: its maximum and sum, and the weighted sum of its rows.
   *
   * @param bf16 whether x is BF16; otherwise F32
   */
  public static void poolBlock(
      boolean bf16, long x, long rows, long width, long scores, long maxSum, long context) {
    try {
      int status =
          bf16
              ? (int) POOL_BF16.invokeExact(x, rows, width, width, scores, maxSum, context)
              : (int) POOL_F32.invokeExact(x, rows, width, width, scores, maxSum, context);
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
          "attnpool_merge_f32",
          (int) MERGE.invokeExact(maxSum, context, otherMaxSum, otherContext, width));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** context = the state's weighted sum over its sum. */
  public static void finish(long maxSum, long stateContext, long width, long context) {
    try {
      KernelStatus.check(
          "attnpool_finish_f32", (int) FINISH.invokeExact(maxSum, stateContext, width, context));
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

  /** Widens BF16 rows to F32, exactly. */
  public static void fromBf16(long x, long rows, long width, long wide) {
    try {
      KernelStatus.check(
          "attnpool_f32_from_bf16",
          (int) FROM_BF16.invokeExact(x, rows, width, width, wide, width));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
  }

  /** Copies bytes, whichever threads may use the memory from Java. */
  public static void copy(long from, long bytes, long to) {
    try {
      KernelStatus.check(
          "attnpool_copy_rows", (int) COPY.invokeExact(from, 1L, bytes, bytes, to, bytes));
    } catch (Throwable e) {
      throw NativeFailure.unexpected(e);
    }
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
