package io.github.attnpool.batch;

import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.ArrayCopy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A tensor of integers in a file, read a stretch at a time: cheap where they are asked in order.
 */
final class IntegerWindow {
  private static final int ELEMENTS = 8192;
  private static final long ALIGNMENT = 8;

  private final TensorFile file;
  private final TensorInfo tensor;
  private final MemorySegment buffer;
  private long from;
  private int count;

  /**
   * @param tensor of integers [n]
   */
  IntegerWindow(TensorFile file, TensorInfo tensor, Arena arena) {
    this.file = file;
    this.tensor = tensor;
    this.buffer = arena.allocate((long) ELEMENTS * tensor.type().bytes(), ALIGNMENT);
  }

  long get(long index) {
    if (index < from || index >= from + count) {
      count = 0; // in case that reading fails
      int size = (int) Math.min(ELEMENTS, tensor.dim(0) - index);
      file.read(tensor.name(), index, buffer.asSlice(0, (long) size * tensor.type().bytes()));
      from = index;
      count = size;
    }
    return ArrayCopy.integer(tensor.type(), buffer, index - from);
  }
}
