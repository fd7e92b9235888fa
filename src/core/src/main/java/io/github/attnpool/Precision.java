package io.github.attnpool;

/**
 * How the hidden layer multiplies: the type to which x and W are rounded for it. Sums are always at
 * least F32. How numbers are stored in memory and files is their {@link ElementType}.
 */
public enum Precision {
  /** IEEE 754 binary32, the default. */
  F32,
  /**
   * x and W rounded to bfloat16, products summed in F32: about twice as fast where the processor
   * has the instructions, with a relative error of the context of about 1e-3.
   */
  BF16,
  /** x and W rounded to IEEE binary16, products summed in F32. Only backend {@code cuda} has it. */
  F16,
  /**
   * F32 with the mantissa cut to 10 bits, as tensor cores multiply it. Only backend {@code cuda}
   * has it, and it is never used unless it is asked for.
   */
  TF32
}
