package io.github.attnpool.bench;

import io.github.attnpool.ElementType;
import io.github.attnpool.Precision;

/** The precision of the multiplication, with the element type of x. */
public enum Arithmetic {
  /** All F32. */
  F32("f32", Precision.F32, ElementType.F32),
  /** Multiplication in BF16, x in BF16. */
  BF16("bf16", Precision.BF16, ElementType.BF16),
  /** Multiplication in BF16, x in F32, which each call converts. */
  BF16_OF_F32("bf16-f32x", Precision.BF16, ElementType.F32);

  private final String label;
  private final Precision precision;
  private final ElementType input;

  Arithmetic(String label, Precision precision, ElementType input) {
    this.label = label;
    this.precision = precision;
    this.input = input;
  }

  /** Reads a label: f32, bf16 or bf16-f32x. */
  public static Arithmetic of(String label) {
    for (Arithmetic arithmetic : values()) {
      if (arithmetic.label.equals(label)) {
        return arithmetic;
      }
    }
    throw new IllegalArgumentException(
        "precision '" + label + "' must be one of f32, bf16, bf16-f32x");
  }

  /** Returns the name that users write. */
  public String label() {
    return label;
  }

  /** Returns the precision of the multiplication. */
  public Precision precision() {
    return precision;
  }

  /** Returns the bytes of a weight in that precision. */
  public int precisionBytes() {
    return (precision == Precision.F32 ? ElementType.F32 : ElementType.BF16).bytes();
  }

  /** Returns the element type of x. */
  public ElementType input() {
    return input;
  }

  @Override
  public String toString() {
    return label;
  }
}
