package io.github.attnpool.internal.kernels;

import io.github.attnpool.Activation;
import io.github.attnpool.bindings.kernels.Kernels;

/** The kernels' number of an activation. */
final class ActivationCode {
  private ActivationCode() {}

  static int of(Activation activation) {
    return switch (activation) {
      case IDENTITY -> Kernels.ATTNPOOL_IDENTITY();
      case TANH -> Kernels.ATTNPOOL_TANH();
      case RELU -> Kernels.ATTNPOOL_RELU();
      case GELU -> Kernels.ATTNPOOL_GELU();
      case GELU_TANH -> Kernels.ATTNPOOL_GELU_TANH();
      case SIGMOID -> Kernels.ATTNPOOL_SIGMOID();
      case LEAKY_RELU -> Kernels.ATTNPOOL_LEAKY_RELU();
      case SILU -> Kernels.ATTNPOOL_SILU();
    };
  }
}
