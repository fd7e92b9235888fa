package io.github.attnpool;

import static io.github.attnpool.SequenceCheck.bad;
import static io.github.attnpool.SequenceCheck.check;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Sequences in an array each, brought side by side. */
final class ArraySequences {
  private ArraySequences() {}

  /** The ragged batch that they are, in memory of an arena: {@link Sequences#ragged}. */
  static Sequences copied(List<float[]> sequences, int width, Arena arena) {
    check(sequences != null && arena != null, () -> "the sequences or the arena are null");
    check(width > 0, () -> "width is " + width + ", must be at least 1");
    long[] offsets = new long[sequences.size() + 1];
    for (int b = 0; b < sequences.size(); b++) {
      float[] sequence = sequences.get(b);
      if (sequence == null || sequence.length % width != 0) {
        throw bad(
            "sequence %d %s, must be whole rows of %d values"
                .formatted(
                    b, sequence == null ? "is null" : "has " + sequence.length + " values", width));
      }
      offsets[b + 1] = offsets[b] + sequence.length / width;
    }
    long rows = offsets[sequences.size()];
    MemorySegment copy = arena.allocate(rows * width * Float.BYTES, Float.BYTES);
    for (int b = 0; b < sequences.size(); b++) {
      float[] sequence = sequences.get(b);
      long at = offsets[b] * width * Float.BYTES;
      MemorySegment.copy(sequence, 0, copy, JAVA_FLOAT, at, sequence.length);
    }
    return Sequences.ragged(copy, ElementType.F32, width, offsets);
  }
}
