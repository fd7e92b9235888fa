package io.github.attnpool.testkit;

/** The bfloat16 format: the upper half of a float32, 8 bits of significand. */
public final class Bfloat16 {
  private static final int LOWER = 0xFFFF;

  private Bfloat16() {}

  /** The nearest bfloat16 of the nearest float32; of two, the one with an even last bit. */
  public static double round(double value) {
    int bits = Float.floatToRawIntBits((float) value);
    int even = (bits >>> 16) & 1;
    return Float.intBitsToFloat((bits + LOWER / 2 + even) & ~LOWER);
  }
}
