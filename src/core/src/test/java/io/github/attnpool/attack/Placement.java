package io.github.attnpool.attack;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.github.attnpool.ElementType;
import io.github.attnpool.Rows;
import io.github.attnpool.testkit.Batch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * How a batch's rows lie in memory.
 *
 * @param gap elements between two rows
 */
record Placement(ElementType type, int gap, Kind kind) {
  enum Kind {
    NATIVE,
    READ_ONLY,
    MISALIGNED,
    HEAP,
    DIRECT
  }

  private static final ElementType[] TYPES = {ElementType.F32, ElementType.BF16, ElementType.F16};

  static Placement draw(Random random) {
    return new Placement(
        Draw.oneOf(random, TYPES),
        random.nextBoolean() ? 0 : random.nextInt(5),
        Draw.oneOf(random, Kind.values()));
  }

  /** The batch's rows, with NaN in the gaps; the last row has no gap after it. */
  Rows of(Batch batch, Arena arena) {
    int pitch = batch.width() + gap;
    int rows = batch.positions();
    int bytes = rows == 0 ? 0 : (rows * pitch - gap) * type.bytes();
    MemorySegment memory = memory(bytes, arena);
    memory.fill((byte) -1);
    for (int row = 0; row < rows; row++) {
      double[] values = batch.row(row);
      for (int i = 0; i < values.length; i++) {
        write(memory, row * pitch + i, (float) values[i]);
      }
    }
    MemorySegment given = kind == Kind.READ_ONLY ? memory.asReadOnly() : memory;
    return Rows.of(given, type, batch.width()).withPitch(pitch);
  }

  private MemorySegment memory(int bytes, Arena arena) {
    return switch (kind) {
      case NATIVE, READ_ONLY -> arena.allocate(bytes, 64);
      case MISALIGNED -> arena.allocate(bytes + 1, 64).asSlice(1);
      case HEAP -> MemorySegment.ofArray(new byte[bytes]);
      case DIRECT -> MemorySegment.ofBuffer(ByteBuffer.allocateDirect(bytes));
    };
  }

  private void write(MemorySegment memory, long index, float value) {
    switch (type) {
      case F32 -> memory.set(JAVA_FLOAT_UNALIGNED, index * Float.BYTES, value);
      case F16 ->
          memory.set(JAVA_SHORT_UNALIGNED, index * Short.BYTES, Float.floatToFloat16(value));
      default ->
          memory.set(
              JAVA_SHORT_UNALIGNED,
              index * Short.BYTES,
              (short) (Float.floatToRawIntBits(value) >>> 16));
    }
  }
}
