package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** The output layer: logits = F·context + g, four contexts at a time. Scratch of one thread. */
final class OutputRows {
  private final PackedWeights weights;
  private final int inputs;
  private final int outputs;
  private final float[] contexts; // [4, inputs filled up]
  private final float[] logits; // [4, outputs]
  private final RowQuad x = new RowQuad();
  private final RowQuad y;

  OutputRows(JvmTileProgram program) {
    this.weights = program.output();
    this.inputs = program.heads() * program.width();
    this.outputs = program.outputs();
    this.contexts = new float[RowQuad.ROWS * weights.inputs];
    this.logits = new float[RowQuad.ROWS * outputs];
    this.y = RowQuad.separate(weights.panel(0));
    x.moveTo(contexts, 0, weights.inputs);
  }

  /** Logits [batch, outputs] of contexts [batch, inputs]. */
  void apply(MemorySegment contexts, long batch, MemorySegment logits) {
    for (long b = 0; b < batch; b += RowQuad.ROWS) {
      int rows = (int) Math.min(RowQuad.ROWS, batch - b);
      for (int r = 0; r < rows; r++) {
        long at = (b + r) * inputs * Float.BYTES;
        MemorySegment.copy(
            contexts, JAVA_FLOAT_UNALIGNED, at, this.contexts, r * weights.inputs, inputs);
      }
      multiply();
      long at = b * outputs * Float.BYTES;
      MemorySegment.copy(this.logits, 0, logits, JAVA_FLOAT_UNALIGNED, at, rows * outputs);
    }
  }

  private void multiply() {
    for (int o = 0; o < outputs; o += weights.panel(o)) {
      weights.multiply(x, o, y);
      int count = Math.min(weights.panel(o), outputs - o);
      System.arraycopy(y.row0, 0, logits, o, count);
      System.arraycopy(y.row1, 0, logits, outputs + o, count);
      System.arraycopy(y.row2, 0, logits, 2 * outputs + o, count);
      System.arraycopy(y.row3, 0, logits, 3 * outputs + o, count);
    }
  }
}
