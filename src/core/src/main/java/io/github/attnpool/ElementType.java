package io.github.attnpool;

/** Types of tensor elements, little-endian; the constants are spelled as in safetensors files. */
public enum ElementType {
  F64(8),
  F32(4),
  /** The upper half of an F32: 8 exponent bits, 7 stored mantissa bits. */
  BF16(2),
  /** IEEE 754 binary16. */
  F16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are real numbers (F64, F32, BF16, F16). */
  public boolean isReal() {
    return this == F64 || this == F32 || this == BF16 || this == F16;
  }

  /** Whether elements are integers (not BOOL). */
  public boolean isInteger() {
    return !isReal() && this != BOOL;
  }
}
