package io.github.attnpool.batch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.ArrayCopy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** Reads the marks of a keep mask as bytes, whatever integers they are stored as. */
final class KeepMarks {
  static final int MOST = 1 << 16; // at a time

  private final TensorFile file;
  private final TensorInfo keep;
  private final MemorySegment stored;

  /**
   * @param keep BOOL or integers
   */
  KeepMarks(TensorFile file, TensorInfo keep, Arena arena) {
    this.file = file;
    this.keep = keep;
    this.stored = arena.allocate((long) MOST * keep.type().bytes(), Long.BYTES);
  }

  /**
   * Reads consecutive marks.
   *
   * @param count at most {@link #MOST}
   * @throws AttnPoolException if one is neither 0 nor 1
   */
  void read(long position, int count, MemorySegment marks, long offset) {
    file.read(keep.name(), position, stored.asSlice(0, (long) count * keep.type().bytes()));
    for (int i = 0; i < count; i++) {
      long mark =
          keep.type() == ElementType.BOOL
              ? stored.get(JAVA_BYTE, i)
              : ArrayCopy.integer(keep.type(), stored, i);
      if (mark != 0 && mark != 1) {
        throw new AttnPoolException(
            "read " + file.name(),
            String.format(
                Locale.ROOT,
                "the keep mask at position %d is %d, must be 0 or 1",
                position + i,
                mark));
      }
      marks.set(JAVA_BYTE, offset + i, (byte) mark);
    }
  }
}
