package io.github.attnpool.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The function {@code attnpool_score_f32} of attnpool.h, for one head, tanh and no gate. */
final class ScoreKernel {
  private static final int TANH = 1; // of attnpool_activation

  private final MethodHandle score;

  ScoreKernel(CLibrary library) {
    score =
        library.function(
            "attnpool_score_f32",
            JAVA_INT,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            JAVA_LONG);
  }

  /** Computes scores [rows] of hidden [rows, units]. */
  void run(
      MemorySegment hidden,
      long rows,
      long units,
      MemorySegment bias,
      MemorySegment a,
      MemorySegment c,
      MemorySegment scores) {
    int status;
    try {
      status =
          (int)
              score.invokeExact(
                  hidden,
                  rows,
                  units,
                  units,
                  bias,
                  MemorySegment.NULL,
                  a,
                  c,
                  1L,
                  TANH,
                  MemorySegment.NULL,
                  scores,
                  rows,
                  MemorySegment.NULL,
                  0L);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    if (status != 0) {
      throw new IllegalStateException("attnpool_score_f32 reports " + status);
    }
  }
}
