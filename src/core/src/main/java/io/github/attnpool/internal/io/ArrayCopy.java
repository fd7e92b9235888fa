package io.github.attnpool.internal.io;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.attnpool.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Elements out of any memory into Java arrays. In chunks, each fetched by one bulk copy: where a
 * mapped file was cut, that fails once, but reading each element would cost a signal for every one.
 */
public final class ArrayCopy {
  private static final int CHUNK = 4096; // elements
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private ArrayCopy() {}

  /** Real numbers; F64 is rounded. */
  public static float[] floats(MemorySegment data, ElementType type, int count) {
    float[] values = new float[count];
    fetch(data, type, count, (chunk, i, to) -> values[to] = real(type, chunk, i));
    return values;
  }

  /** Integers. */
  public static long[] longs(MemorySegment data, ElementType type, int count) {
    long[] values = new long[count];
    fetch(data, type, count, (chunk, i, to) -> values[to] = integer(type, chunk, i));
    return values;
  }

  private interface Element {
    void take(MemorySegment chunk, long index, int to);
  }

  private static void fetch(MemorySegment data, ElementType type, int count, Element element) {
    MemorySegment chunk = MemorySegment.ofArray(new byte[CHUNK * type.bytes()]);
    for (int from = 0; from < count; from += CHUNK) {
      int size = Math.min(CHUNK, count - from);
      MemorySegment.copy(data, (long) from * type.bytes(), chunk, 0, (long) size * type.bytes());
      for (int i = 0; i < size; i++) {
        element.take(chunk, i, from + i);
      }
    }
  }

  private static float real(ElementType type, MemorySegment chunk, long i) {
    return switch (type) {
      case F32 -> chunk.get(F32, 4 * i);
      case F64 -> (float) chunk.get(F64, 8 * i);
      case BF16 -> Float.intBitsToFloat(chunk.get(I16, 2 * i) << 16);
      case F16 -> Float.float16ToFloat(chunk.get(I16, 2 * i));
      case I64, I32, I16, I8, U8, BOOL -> throw new IllegalArgumentException(type.name());
    };
  }

  /** One of them. */
  public static long integer(ElementType type, MemorySegment chunk, long i) {
    return switch (type) {
      case I64 -> chunk.get(I64, 8 * i);
      case I32 -> chunk.get(I32, 4 * i);
      case I16 -> chunk.get(I16, 2 * i);
      case I8 -> chunk.get(ValueLayout.JAVA_BYTE, i);
      case U8 -> chunk.get(ValueLayout.JAVA_BYTE, i) & 0xff;
      case F64, F32, BF16, F16, BOOL -> throw new IllegalArgumentException(type.name());
    };
  }
}
