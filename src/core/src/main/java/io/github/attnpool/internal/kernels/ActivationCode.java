package io.github.attnpool.internal.kernels;

import io.github.attnpool.bindings.kernels.Kernels;

/** What is applied to a hidden unit before it is weighed. */
public enum Activation {
  IDENTITY(Kernels.ATTNPOOL_IDENTITY()),
  TANH(Kernels.ATTNPOOL_TANH());

  private final int code;

  Activation(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
