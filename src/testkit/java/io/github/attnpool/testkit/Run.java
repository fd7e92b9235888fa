package io.github.attnpool.testkit;

import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Outputs;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Set;

/** What a layer made of a batch, copied to the heap, in the layout of {@link Outputs}. */
public final class Run {
  public final float[] scores;
  public final float[] weights;
  public final float[] context;

  /** Empty where there is no output layer. */
  public final float[] logits;

  private Run(Outputs out) {
    scores = copy(out, Output.SCORES);
    weights = copy(out, Output.WEIGHTS);
    context = copy(out, Output.CONTEXT);
    logits = copy(out, Output.LOGITS);
  }

  private static float[] copy(Outputs out, Output output) {
    return out.has(output) ? out.toArray(output) : new float[0];
  }

  /** One forward call that asks for every result. */
  public static Run of(AttentionPooling layer, Batch batch) {
    return of(layer, batch, all(layer));
  }

  /** One forward call that asks for some results; the others are empty. */
  public static Run of(AttentionPooling layer, Batch batch, Set<Output> wanted) {
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = batch.sequences(arena);
      Outputs out = room(layer, in, arena, wanted);
      layer.forward(in, out);
      return new Run(out);
    }
  }

  /** One forward call on rows of a type that asks for every result. */
  public static Run of(AttentionPooling layer, Batch batch, ElementType type) {
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = batch.sequences(arena, type);
      Outputs out = room(layer, in, arena, all(layer));
      layer.forward(in, out);
      return new Run(out);
    }
  }

  /** One forward call on keys that asks for every result. */
  public static Run fromKeys(AttentionPooling layer, Batch batch) {
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = batch.sequences(arena);
      Outputs out = room(layer, in, arena, all(layer));
      layer.forward(layer.projectKeys(in, arena), out);
      return new Run(out);
    }
  }

  /** What is in there now. */
  public static Run copyOf(Outputs out) {
    return new Run(out);
  }

  /** Every result that the layer can yield. */
  public static EnumSet<Output> all(AttentionPooling layer) {
    EnumSet<Output> wanted = EnumSet.allOf(Output.class);
    if (layer.parameters().logitCount() == 0) {
      wanted.remove(Output.LOGITS);
    }
    return wanted;
  }

  /** Room that is full of NaN, so that whatever is not written shows. */
  public static Outputs room(
      AttentionPooling layer, Sequences in, Arena arena, Set<Output> wanted) {
    Outputs out = layer.allocate(in, arena, wanted);
    for (Output output : wanted) {
      out.get(output).fill((byte) -1);
    }
    return out;
  }
}
