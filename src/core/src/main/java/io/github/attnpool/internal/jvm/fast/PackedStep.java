package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import io.github.attnpool.LayerNorm;

/** A step as the kernels take it, with the activation after it. Arrays are not to be changed. */
sealed interface PackedStep {
  /** y = f(W·x + b). */
  record Map(PackedWeights weights, Activation activation) implements PackedStep {}

  /** x = f(s ⊙ x + t). */
  final class Scale implements PackedStep {
    final float[] factors; // s; empty where there are none
    final float[] addends; // t, filled up to whole vectors with zeros
    final Activation activation;

    Scale(float[] factors, float[] addends, Activation activation) {
      this.factors = factors;
      this.addends = addends;
      this.activation = activation;
    }
  }

  /** x = f((x − mean)/√(variance + ε) ⊙ weight + bias), group by group. */
  final class Norm implements PackedStep {
    final int size; // values in a group
    final float[] weight;
    final float[] bias;
    final double epsilon;
    final float[] noAddends; // zeros, in whole vectors
    final Activation activation;

    Norm(LayerNorm norm, float[] noAddends, Activation activation) {
      this.size = norm.width() / norm.groups();
      this.weight = norm.weight();
      this.bias = norm.bias();
      this.epsilon = norm.epsilon();
      this.noAddends = noAddends;
      this.activation = activation;
    }
  }

  /** x = x + the value of the row's place in its sequence. */
  final class Place implements PackedStep {
    final float[] values;

    Place(float[] values) {
      this.values = values;
    }
  }
}
