package io.github.attnpool;

/** The results a forward call can write. */
public enum Output {
  /** Weighted sum of the rows, [B,H]. */
  CONTEXT,
  /** Softmax weights of the rows, one per position; exactly 0 where a row is masked. */
  WEIGHTS,
  /** Scores before the softmax, one per position; −∞ where a row is masked. */
  SCORES,
  /** Output layer's values, [B,O]; only where the parameters have an output layer. */
  LOGITS
}
