package io.github.attnpool;

/** The element type in which the hidden layer is multiplied. Sums are always at least F32. */
public enum Precision {
  F32
}
