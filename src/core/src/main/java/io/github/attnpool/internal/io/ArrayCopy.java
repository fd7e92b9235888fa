package io.github.attnpool.internal.io;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.attnpool.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies elements from any memory into Java arrays, fetched by bulk copies: where a mapped file was
 * cut, a bulk copy fails once, but reading element by element would cost a signal for each.
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

  /** Returns real numbers; F64 is rounded. */
  public static float[] floats(MemorySegment data, ElementType type, int count) {
    float[] values = new float[count];
    floats(data, type, values, 0, count);
    return values;
  }

  /** Copies real numbers into an array; F64 is rounded. */
  public static void floats(
      MemorySegment data, ElementType type, float[] target, int index, int count) {
    if (type == ElementType.F32) {
      MemorySegment.copy(data, F32, 0, target, index, count);
    } else {
      fetch(data, type, count, (chunk, i, to) -> target[index + to] = real(type, chunk, i));
    }
  }

  /** Returns integers. */
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
      case F64 -> (float) chunk.get(F64, 8 * i);
      case BF16 -> Float.intBitsToFloat(chunk.get(I16, 2 * i) << 16);
      case F16 -> Float.float16ToFloat(chunk.get(I16, 2 * i));
      case F32, I64, I32, I16, I8, U8, BOOL -> throw new IllegalArgumentException(type.name());
    };
  }

  /** Returns one of many integers. */
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
