package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.Activation;
import java.lang.foreign.MemorySegment;

/** A linear map over rows in memory, four at a time. Scratch of one thread. */
final class DenseSegments {
  private final DenseRows rows;
  private final int inputs;
  private final int columns;
  private final int outputs;
  private final float[] x; // [4, columns]
  private final float[] y; // [4, outputs]

  /**
   * @param inputs of the map, without padding
   */
  DenseSegments(TileKernels kernels, PackedWeights map, int inputs) {
    this.rows = new DenseRows(kernels, map, Activation.IDENTITY);
    this.inputs = inputs;
    this.columns = map.inputs;
    this.outputs = map.realUnits;
    this.x = new float[Math.multiplyExact(RowQuad.ROWS, columns)];
    this.y = new float[Math.multiplyExact(RowQuad.ROWS, outputs)];
  }

  /**
   * Maps rows that lie side by side, F32.
   *
   * @param from [count, inputs]
   * @param to [count, outputs], overwritten
   */
  void apply(MemorySegment from, long count, MemorySegment to) {
    for (long row = 0; row < count; row += RowQuad.ROWS) {
      int some = (int) Math.min(RowQuad.ROWS, count - row);
      for (int r = 0; r < some; r++) {
        long at = (row + r) * inputs * Float.BYTES;
        MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, at, x, r * columns, inputs);
      }
      rows.apply(x, some, y, 0, outputs);
      long at = row * outputs * Float.BYTES;
      MemorySegment.copy(y, 0, to, JAVA_FLOAT_UNALIGNED, at, some * outputs);
    }
  }
}
