package io.github.attnpool.internal.cuda;

import io.github.attnpool.Precision;

/** How far results may be off float64's. */
final class Tolerance {
  private Tolerance() {}

  /** Rounding to n bits of mantissa changes a product by 2^-n; see FamilyTest for the factors. */
  static double of(Precision precision) {
    return switch (precision) {
      case F32 -> 1e-5;
      case BF16 -> 0x1p-6;
      case F16, TF32 -> 0x1p-9;
    };
  }
}
