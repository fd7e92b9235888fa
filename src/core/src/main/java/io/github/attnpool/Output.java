package io.github.attnpool;

/** One of the tensors that a forward call can write, F32. {@link Outputs} holds their memory. */
public enum Output {
  /** Weighted sum of the rows, [B,R,H]. */
  CONTEXT,
  /** Softmax weights of the rows, [B,R,T] or [R,N]; exactly 0 where a row is masked. */
  WEIGHTS,
  /** Scores before the softmax, [B,R,T] or [R,N]; −∞ where a row is masked. */
  SCORES,
  /** Results of the output layer, [B,O]; only for parameters that have one. */
  LOGITS
}
