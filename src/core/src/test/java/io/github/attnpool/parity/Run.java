package io.github.attnpool.parity;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.util.EnumSet;

/** What a layer made of a batch, copied to the heap, in the layout of {@link Pooled}. */
final class Run {
  final float[] scores;
  final float[] weights;
  final float[] context;

  /** Empty where there is no output layer. */
  final float[] logits;

  private Run(Pooled out, boolean withLogits) {
    scores = out.toArray(Output.SCORES);
    weights = out.toArray(Output.WEIGHTS);
    context = out.toArray(Output.CONTEXT);
    logits = withLogits ? out.toArray(Output.LOGITS) : new float[0];
  }

  /** One forward call that asks for every result. */
  static Run of(AttentionPooling layer, Batch batch) {
    boolean withLogits = layer.parameters().outputs() > 0;
    EnumSet<Output> wanted = EnumSet.of(Output.SCORES, Output.WEIGHTS, Output.CONTEXT);
    if (withLogits) {
      wanted.add(Output.LOGITS);
    }
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = batch.sequences(arena);
      Pooled out = layer.allocate(in, arena, wanted);
      for (Output output : wanted) {
        out.get(output).fill((byte) -1); // NaN: whatever is not written shows
      }
      layer.forward(in, out);
      return new Run(out, withLogits);
    }
  }
}
