package io.github.attnpool;

/**
 * A function that is applied to each unit u of a hidden layer or an input projection. Files and the
 * command line spell it in lower case: {@code gelu-tanh} or {@code gelu_tanh}.
 */
public enum Activation implements Step {
  /** u. */
  IDENTITY,
  /** tanh u. */
  TANH,
  /** max(u, 0). */
  RELU,
  /** u·Φ(u) = u/2·(1 + erf(u/√2)), as PyTorch's {@code nn.GELU()}. */
  GELU,
  /** u/2·(1 + tanh(√(2/π)·(u + 0.044715·u³))), as PyTorch's {@code nn.GELU("tanh")}. */
  GELU_TANH,
  /** 1/(1 + exp(−u)). */
  SIGMOID,
  /** max(u, u/100), as PyTorch's {@code nn.LeakyReLU()}. */
  LEAKY_RELU,
  /** u/(1 + exp(−u)), as PyTorch's {@code nn.SiLU()}; also called swish. */
  SILU
}
