package io.github.attnpool;

/** The result for a sequence without kept rows. */
public enum EmptySequencePolicy {
  /** Context and weights 0 (the default). */
  ZERO,
  /** Context and weights NaN, as PyTorch's softmax over −∞ alone gives. */
  NAN,
  /** Equal weights for all positions of the sequence, as in Keras and AllenNLP's fast path. */
  UNIFORM,
  /** None: the forward call fails with an {@link AttnPoolException} that names the sequence. */
  ERROR
}
