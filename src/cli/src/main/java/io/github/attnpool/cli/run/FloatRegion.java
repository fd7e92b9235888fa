package io.github.attnpool.cli.run;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.format.PartsWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One tensor of a file that is being written: collects small pieces to write them in large ones.
 */
final class FloatRegion {
  private static final int FLOATS = 1 << 16;

  private final PartsWriter file;
  private final String tensor;
  private final MemorySegment buffer;
  private long start; // element that the buffer begins with
  private long count;

  FloatRegion(PartsWriter file, String tensor, Arena arena) {
    this.file = file;
    this.tensor = tensor;
    this.buffer = arena.allocate(JAVA_FLOAT, FLOATS);
  }

  /** Continues at an element; cheap if it is the next. */
  void seek(long element) {
    if (element != start + count) {
      flush();
      start = element;
    }
  }

  /** Writes values of a segment. */
  void put(MemorySegment values, long from, long size) {
    for (long done = 0; done < size; ) {
      long piece = makeRoom(size - done);
      MemorySegment.copy(
          values, (from + done) * Float.BYTES, buffer, count * Float.BYTES, piece * Float.BYTES);
      count += piece;
      done += piece;
    }
  }

  /** Writes one value a number of times. */
  void fill(float value, long size) {
    for (long done = 0; done < size; ) {
      long piece = makeRoom(size - done);
      for (long i = 0; i < piece; i++) {
        buffer.setAtIndex(JAVA_FLOAT, count + i, value);
      }
      count += piece;
      done += piece;
    }
  }

  /** Makes room and returns how many of the values fit. */
  private long makeRoom(long size) {
    if (count == FLOATS) {
      flush();
    }
    return Math.min(size, FLOATS - count);
  }

  /** Writes what has been collected. */
  void flush() {
    file.write(tensor, start, buffer.asSlice(0, count * Float.BYTES));
    start += count;
    count = 0;
  }
}
