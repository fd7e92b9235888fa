package io.github.attnpool;

import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;

/** What engines read of the layer's public inputs, for tests in other packages. */
public final class EngineInputs {
  private EngineInputs() {}

  /** The rows of sequences. */
  public static RowBatch of(Sequences in) {
    return in.view();
  }

  /** The memory for the outputs of those. */
  public static OutputMemory of(Outputs out, Sequences in) {
    return out.view(in);
  }

  /** The keys, with room for the hidden units. */
  public static KeyBatch of(ProjectedKeys keys) {
    return keys.view();
  }
}
