package io.github.attnpool.bench;

import io.github.attnpool.ElementType;
import io.github.attnpool.Precision;

/** What is multiplied in which type, and of which type x is. */
public enum Arithmetic {
  /** All F32. */
  F32("f32", Precision.F32, ElementType.F32),
  /** Multiplication in BF16, of BF16 x. */
  BF16("bf16", Precision.BF16, ElementType.BF16),
  /** Multiplication in BF16, of F32 x that is converted on the way. */
  BF16_OF_F32("bf16-f32x", Precision.BF16, ElementType.F32);

  private final String label;
  private final Precision precision;
  private final ElementType input;

  Arithmetic(String label, Precision precision, ElementType input) {
    this.label = label;
    this.precision = precision;
    this.input = input;
  }

  /** The one of that label: f32, bf16 or bf16-f32x. */
  public static Arithmetic of(String label) {
    for (Arithmetic arithmetic : values()) {
      if (arithmetic.label.equals(label)) {
        return arithmetic;
      }
    }
    throw new IllegalArgumentException(
        "precision '" + label + "' must be one of f32, bf16, bf16-f32x");
  }

  /** As users write it. */
  public String label() {
    return label;
  }

  /** Type of the multiplication. */
  public Precision precision() {
    return precision;
  }

  /** Bytes of a weight in that type. */
  public int precisionBytes() {
    return (precision == Precision.F32 ? ElementType.F32 : ElementType.BF16).bytes();
  }

  /** Type of x. */
  public ElementType input() {
    return input;
  }

  @Override
  public String toString() {
    return label;
  }
}
