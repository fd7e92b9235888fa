package io.github.attnpool.internal.onednn;

import io.github.attnpool.Activation;

/** A step as oneDNN and the kernels take it. Arrays are given by address. */
sealed interface NativeStep {
  /** y = W·x, or y = W·x + b where the matmul has the bias. */
  record Map(Matmul matmul) implements NativeStep {}

  /**
   * x = f(s ⊙ x + t), in place.
   *
   * @param factors s, or 0 for ones
   * @param addends t, or 0 for none
   */
  record Scale(long factors, long addends, Activation activation) implements NativeStep {}

  /** Layer normalisation of groups, and an activation, in place. */
  record Norm(
      long groups, long columns, long weight, long bias, double epsilon, Activation activation)
      implements NativeStep {}

  /** Adds the value of the row's place in its sequence to the row, in place. */
  record Place(long values) implements NativeStep {}
}
