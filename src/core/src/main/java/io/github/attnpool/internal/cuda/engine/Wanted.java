package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.Output;
import io.github.attnpool.spi.OutputMemory;

/** Which outputs a call writes. */
record Wanted(boolean scores, boolean weights, boolean contexts, boolean logits) {
  /** Contexts alone. */
  static final Wanted CONTEXTS = new Wanted(false, false, true, false);

  /** Returns what there is room for. */
  static Wanted of(OutputMemory out) {
    return new Wanted(
        out.has(Output.SCORES),
        out.has(Output.WEIGHTS),
        out.has(Output.CONTEXT),
        out.has(Output.LOGITS));
  }

  /** Returns whether a softmax is needed. */
  boolean softmax() {
    return weights || pools();
  }

  /** Returns whether rows are summed. */
  boolean pools() {
    return contexts || logits;
  }
}
