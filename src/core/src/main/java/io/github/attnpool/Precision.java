package io.github.attnpool;

/** The element type in which the hidden layer is multiplied. Sums are always at least F32. */
public enum Precision {
  F32,
  /**
   * x and W rounded to bfloat16, products summed in F32: about twice as fast where the processor
   * has the instructions, with a relative error of the context of about 1e-3.
   */
  BF16,
  /** x and W rounded to IEEE binary16, products summed in F32. Offered by backend cuda alone. */
  F16,
  /**
   * F32 of which products see 10 bits of the mantissa, as tensor cores multiply it. Offered by
   * backend cuda alone, and never used unless it is asked for.
   */
  TF32
}
