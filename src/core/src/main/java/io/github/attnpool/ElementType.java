package io.github.attnpool;

/**
 * How numbers are stored: the type of a tensor's elements, little-endian. The constants are spelled
 * as in safetensors files. How the layer multiplies numbers is its {@link Precision}, whatever they
 * are stored as.
 */
public enum ElementType {
  /** IEEE 754 binary64. */
  F64(8),
  /** IEEE 754 binary32. */
  F32(4),
  /** bfloat16, the upper half of an F32: 8 exponent bits, 7 stored mantissa bits. */
  BF16(2),
  /** IEEE 754 binary16. */
  F16(2),
  /** Signed integer of 64 bits. */
  I64(8),
  /** Signed integer of 32 bits. */
  I32(4),
  /** Signed integer of 16 bits. */
  I16(2),
  /** Signed integer of 8 bits. */
  I8(1),
  /** Unsigned integer of 8 bits. */
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** {@return the size of one element in bytes} */
  public int bytes() {
    return bytes;
  }

  /** {@return whether elements are real numbers (F64, F32, BF16, F16)} */
  public boolean isReal() {
    return this == F64 || this == F32 || this == BF16 || this == F16;
  }

  /** {@return whether elements are integers (not BOOL)} */
  public boolean isInteger() {
    return !isReal() && this != BOOL;
  }
}
