package io.github.attnpool.internal.kernels;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.kernels.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The project's own kernels, by address. The one class that knows their bindings. Callers have
 * checked every extent; {@code native/include/attnpool.h} says what each kernel reads and writes.
 */
public final class NativeKernels {
  /** What is applied to a hidden unit before it is weighed. */
  public enum Activation {
    IDENTITY(Kernels.ATTNPOOL_IDENTITY()),
    TANH(Kernels.ATTNPOOL_TANH());

    private final int code;

    Activation(int code) {
      this.code = code;
    }
  }

  private NativeKernels() {}

  /** scores[t] = c + a · f(hidden[t] + bias); bias may be {@link MemorySegment#NULL}. */
  public static void score(
      MemorySegment hidden,
      long rows,
      long units,
      MemorySegment bias,
      MemorySegment a,
      float c,
      Activation activation,
      MemorySegment scores) {
    check(
        "attnpool_score_f32",
        Kernels.attnpool_score_f32(
            hidden, rows, units, units, bias, a, c, activation.code, scores));
  }

  /** context = Σ weights[t] · x[t]. */
  public static void weightedSum(
      MemorySegment x, long rows, long width, MemorySegment weights, MemorySegment context) {
    check(
        "attnpool_weighted_sum_f32",
        Kernels.attnpool_weighted_sum_f32(x, rows, width, width, weights, context));
  }

  /**
   * The softmax state of one block: its maximum and sum, and the weighted sum of its rows.
   *
   * @param bf16 whether x is BF16; otherwise F32
   */
  public static void poolBlock(
      boolean bf16,
      MemorySegment x,
      long rows,
      long width,
      MemorySegment scores,
      MemorySegment maxSum,
      MemorySegment context) {
    if (bf16) {
      check(
          "attnpool_pool_block_bf16",
          Kernels.attnpool_pool_block_bf16(x, rows, width, width, scores, maxSum, context));
    } else {
      check(
          "attnpool_pool_block_f32",
          Kernels.attnpool_pool_block_f32(x, rows, width, width, scores, maxSum, context));
    }
  }

  /** Merges another state into one. */
  public static void merge(
      MemorySegment maxSum,
      MemorySegment context,
      MemorySegment otherMaxSum,
      MemorySegment otherContext,
      long width) {
    check(
        "attnpool_merge_f32",
        Kernels.attnpool_merge_f32(maxSum, context, otherMaxSum, otherContext, width));
  }

  /** context = the state's weighted sum over its sum. */
  public static void finish(
      MemorySegment maxSum, MemorySegment stateContext, long width, MemorySegment context) {
    check("attnpool_finish_f32", Kernels.attnpool_finish_f32(maxSum, stateContext, width, context));
  }

  /** weights = softmax of scores by a state that covers them; may be the scores themselves. */
  public static void weights(
      MemorySegment scores, long rows, MemorySegment maxSum, MemorySegment weights) {
    check("attnpool_weights_f32", Kernels.attnpool_weights_f32(scores, rows, maxSum, weights));
  }

  /** Rounds F32 rows to BF16. */
  public static void toBf16(MemorySegment x, long rows, long width, MemorySegment rounded) {
    check(
        "attnpool_bf16_from_f32",
        Kernels.attnpool_bf16_from_f32(x, rows, width, width, rounded, width));
  }

  /** Runs the loop of peak multiply-adds and returns the operations done; 0 where there is none. */
  public static double probe(boolean bf16, long iterations) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sink = arena.allocate(JAVA_FLOAT);
      MemorySegment flops = arena.allocate(JAVA_DOUBLE);
      if (bf16) {
        check("attnpool_probe_bf16", Kernels.attnpool_probe_bf16(iterations, sink, flops));
      } else {
        check("attnpool_probe_f32", Kernels.attnpool_probe_f32(iterations, sink, flops));
      }
      return flops.get(JAVA_DOUBLE, 0);
    }
  }

  private static void check(String kernel, int status) {
    if (status != Kernels.ATTNPOOL_OK()) {
      throw new AttnPoolException(kernel, "status " + status + " (" + name(status) + ")");
    }
  }

  private static String name(int status) {
    if (status == Kernels.ATTNPOOL_NULL_POINTER()) {
      return "ATTNPOOL_NULL_POINTER: a required pointer is null";
    }
    if (status == Kernels.ATTNPOOL_BAD_SIZE()) {
      return "ATTNPOOL_BAD_SIZE: a size is negative or too large";
    }
    if (status == Kernels.ATTNPOOL_BAD_STRIDE()) {
      return "ATTNPOOL_BAD_STRIDE: a stride is smaller than a row";
    }
    if (status == Kernels.ATTNPOOL_BAD_ACTIVATION()) {
      return "ATTNPOOL_BAD_ACTIVATION: no such activation";
    }
    return "unknown";
  }
}
