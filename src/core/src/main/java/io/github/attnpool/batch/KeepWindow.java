package io.github.attnpool.batch;

import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A keep mask in a file, read a stretch at a time: cheap where it is asked in order. */
final class KeepWindow {
  private final TensorInfo keep;
  private final KeepMarks reader;
  private final byte[] marks = new byte[KeepMarks.MOST];
  private final MemorySegment buffer = MemorySegment.ofArray(marks);
  private long from;
  private int count;

  /**
   * @param keep BOOL or integers [B,T]
   */
  KeepWindow(TensorFile file, TensorInfo keep, Arena arena) {
    this.keep = keep;
    this.reader = new KeepMarks(file, keep, arena);
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
    int size = (int) Math.min(KeepMarks.MOST, keep.elements() - position);
    reader.read(position, size, buffer, 0);
    from = position;
    count = size;
  }
}
