package io.github.attnpool;

/** What a sequence without any kept row yields. */
public enum EmptySequencePolicy {
  /** Context and weights 0 (the default). */
  ZERO,
  /** Context and weights NaN, as a softmax over −∞ alone gives in PyTorch. */
  NAN,
  /** Every position of the sequence weighs the same, as Keras and AllenNLP's efficient path do. */
  UNIFORM,
  /** The forward call fails and names the sequence. */
  ERROR
}
