package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** From contexts to logits. Scratch of one thread. */
final class OutputRows {
  private final float @Nullable [] perHead; // F, [R, width]; null where all steps take all contexts
  private final float[] bias; // g
  private final StageSegments steps;
  private final float[] context; // of one head
  private final float[] values; // of the map per head, of one sequence
  private final MemorySegment valuesMemory;
  private final long logitBytes;

  OutputRows(PackedLayer layer, int contextWidth) {
    this.perHead = layer.perHead;
    this.bias = layer.perHeadBias;
    this.steps = new StageSegments(layer.output);
    this.context = new float[contextWidth];
    this.values = new float[bias.length];
    this.valuesMemory = MemorySegment.ofArray(values);
    this.logitBytes = (long) layer.output.width() * Float.BYTES;
  }

  /**
   * Writes logits, F32.
   *
   * @param contexts [batch, contexts, width]
   * @param logits [batch, O]
   */
  void apply(MemorySegment contexts, long batch, MemorySegment logits) {
    if (perHead == null) {
      steps.apply(contexts, batch, logits, 0);
      return;
    }
    for (long b = 0; b < batch; b++) {
      for (int head = 0; head < values.length; head++) {
        long at = (b * values.length + head) * context.length * Float.BYTES;
        MemorySegment.copy(contexts, JAVA_FLOAT_UNALIGNED, at, context, 0, context.length);
        values[head] = dot(perHead, head * context.length) + bias[head];
      }
      steps.apply(valuesMemory, 1, logits, b * logitBytes);
    }
  }

  /** In float64, where the order of the sum does not show in the result. */
  private float dot(float[] weights, int at) {
    double sum = 0;
    for (int i = 0; i < context.length; i++) {
      sum += (double) weights[at + i] * context[i];
    }
    return (float) sum;
  }
}
