package io.github.attnpool.internal.jvm.fast;

import java.math.BigDecimal;

/**
 * Multiply-add, fused where the processor does it. Elsewhere {@link Math#fma} computes with
 * BigDecimal, thousands of times slower, and two roundings are the better choice.
 */
final class Fma {
  private static final int TRIES = 8;
  private static final double CLEARLY_FASTER = 8;

  /** Whether the processor has the instruction. */
  static final boolean IN_HARDWARE = isInHardware();

  private Fma() {}

  /** {@code a·b + c}. */
  static float fma(float a, float b, float c) {
    return IN_HARDWARE ? Math.fma(a, b, c) : a * b + c;
  }

  /**
   * Java has no way to ask. But one is a matter of nanoseconds and the other of the very time that
   * BigDecimal takes, so the shortest times of a few tries differ by a factor of about 100 or 1.
   */
  private static boolean isInHardware() {
    long fused = Long.MAX_VALUE;
    long decimal = Long.MAX_VALUE;
    float value = 1.5f;
    for (int i = 0; i < TRIES; i++) {
      long start = System.nanoTime();
      float a = Math.fma(value, 0.7f, 0.3f);
      a = Math.fma(a, 0.7f, 0.3f);
      long middle = System.nanoTime();
      float b = inDecimals(value, 0.7f, 0.3f);
      b = inDecimals(b, 0.7f, 0.3f);
      long end = System.nanoTime();
      fused = Math.min(fused, middle - start);
      decimal = Math.min(decimal, end - middle);
      value = Math.max(a, b);
    }
    return fused * CLEARLY_FASTER < decimal;
  }

  private static float inDecimals(float a, float b, float c) {
    return new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c)).floatValue();
  }
}
