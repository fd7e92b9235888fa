package io.github.attnpool.internal.cuda.engine;

import java.lang.foreign.MemorySegment;

/** Values of one head that lie side by side. */
record DenseValues(MemorySegment values) implements HeadValues {
  @Override
  public void read(long row, long rows, MemorySegment to) {
    MemorySegment.copy(values, row * Float.BYTES, to, 0, rows * Float.BYTES);
  }

  @Override
  public void write(MemorySegment from, long row, long rows) {
    MemorySegment.copy(from, 0, values, row * Float.BYTES, rows * Float.BYTES);
  }
}
