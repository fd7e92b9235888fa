package io.github.attnpool.internal.kernels;

import io.github.attnpool.Precision;
import io.github.attnpool.internal.natives.Natives;
import java.time.Duration;

/**
 * Measures how fast one thread of this processor multiplies and adds at most: a loop of the
 * kernels' own instructions that never leaves the registers. The yardstick for a forward call's
 * rate.
 */
public final class PeakProbe {
  private static final long ROUND_NANOS = 2_000_000; // short, to fall between disturbances

  private PeakProbe() {}

  /**
   * The best rate over some time, in this thread.
   *
   * @param duration how long to measure; at least one round of about 2 ms is done
   * @return floating-point operations per second, a multiply-add counting two; 0 where the
   *     processor has no instructions for the precision
   * @throws io.github.attnpool.AttnPoolException if the native libraries cannot be loaded
   */
  public static double flopsPerSecond(Precision precision, Duration duration) {
    Natives.get();
    long iterations = 1000;
    double best = 0;
    long end = System.nanoTime() + duration.toNanos();
    do {
      long start = System.nanoTime();
      double flops = NativeKernels.probe(precision == Precision.BF16, iterations);
      long nanos = Math.max(1, System.nanoTime() - start);
      if (flops == 0) {
        return 0;
      }
      if (nanos < ROUND_NANOS / 2) {
        iterations *= 2;
      } else {
        best = Math.max(best, flops * 1e9 / nanos);
      }
    } while (best == 0 || System.nanoTime() < end);
    return best;
  }
}
