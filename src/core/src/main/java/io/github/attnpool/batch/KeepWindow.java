package io.github.attnpool.batch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A keep mask in a file, read a stretch at a time: cheap where it is asked in order. */
final class KeepWindow {
  private static final int MARKS = 1 << 16;

  private final TensorFile file;
  private final TensorInfo keep;
  private final MemorySegment buffer;
  private final byte[] marks = new byte[MARKS];
  private long from;
  private int count;

  /**
   * @param keep BOOL or U8 [B,T]
   */
  KeepWindow(TensorFile file, TensorInfo keep, Arena arena) {
    this.file = file;
    this.keep = keep;
    this.buffer = arena.allocate(MARKS);
  }

  /**
   * The first position from {@code begin} on that is marked so; {@code end} if there is none
   * before.
   *
   * @param mark 1 = kept, 0 = masked
   */
  long next(long begin, long end, int mark) {
    for (long position = begin; position < end; position = from + count) {
      load(position);
      int last = (int) Math.min(count, end - from);
      for (int i = (int) (position - from); i < last; i++) {
        if (marks[i] == mark) {
          return from + i;
        }
      }
    }
    return end;
  }

  private void load(long position) {
    if (position >= from && position < from + count) {
      return;
    }
    count = 0; // in case that reading fails
    int size = (int) Math.min(MARKS, keep.elements() - position);
    file.read(keep.name(), position, buffer.asSlice(0, size));
    MemorySegment.copy(buffer, JAVA_BYTE, 0, marks, 0, size);
    for (int i = 0; i < size; i++) {
      if (marks[i] != 0 && marks[i] != 1) {
        throw new AttnPoolException(
            "read " + file.path(),
            "the keep mask at position %d is %d, must be 0 or 1".formatted(position + i, marks[i]));
      }
    }
    from = position;
    count = size;
  }
}
