package io.github.attnpool.internal.kernels;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.kernels.Kernels;
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
