package io.github.attnpool.internal.cuda.engine;

import java.lang.foreign.MemorySegment;

/** Values of one head in host memory, one F32 value per row of a sequence. */
interface HeadValues {
  /** Copies the values of some rows, counted in the sequence, to where they lie side by side. */
  void read(long row, long rows, MemorySegment to);

  /** Copies values that lie side by side back. */
  void write(MemorySegment from, long row, long rows);
}
