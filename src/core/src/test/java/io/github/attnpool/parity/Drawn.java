package io.github.attnpool.parity;

/** A tensor that a {@link Drawing} made. */
final class Drawn {
  final String name;
  final int[] shape;
  final float[] values;

  Drawn(String name, int[] shape, float[] values) {
    this.name = name;
    this.shape = shape;
    this.values = values;
  }
}
