package io.github.attnpool.internal.cuda;

import io.github.attnpool.Precision;

/** How far results may be off float64's. */
public final class Tolerance {
  private Tolerance() {}

  /**
   * Rounding to n bits of mantissa changes a product by 2^-n; see FamilyTest for the factors. TF32
   * has the mantissa of F16, but a device may cut values off instead of rounding them, which
   * doubles the error of each.
   */
  public static double of(Precision precision) {
    return switch (precision) {
      case F32 -> 1e-5;
      case BF16 -> 0x1p-6;
      case TF32 -> 0x1p-8;
      case F16 -> 0x1p-9;
    };
  }
}
