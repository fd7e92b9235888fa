package io.github.attnpool.batch;

import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.ArrayCopy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A tensor of real numbers in a file, read a stretch at a time: cheap where they are asked in
 * order.
 */
final class FloatWindow {
  private static final int ELEMENTS = 8192;

  private final TensorFile file;
  private final TensorInfo tensor;
  private final MemorySegment buffer;
  private final float[] values = new float[ELEMENTS];
  private long from;
  private int count;

  /**
   * @param tensor of real numbers, of any shape
   */
  FloatWindow(TensorFile file, TensorInfo tensor, Arena arena) {
    this.file = file;
    this.tensor = tensor;
    this.buffer = arena.allocate((long) ELEMENTS * tensor.type().bytes(), Long.BYTES);
  }

  /** Returns an element, row-major; F64 is rounded. */
  float get(long index) {
    if (index < from || index >= from + count) {
      count = 0; // in case that reading fails
      int size = (int) Math.min(ELEMENTS, tensor.elements() - index);
      MemorySegment stored = buffer.asSlice(0, (long) size * tensor.type().bytes());
      file.read(tensor.name(), index, stored);
      ArrayCopy.floats(stored, tensor.type(), values, 0, size);
      from = index;
      count = size;
    }
    return values[(int) (index - from)];
  }
}
