package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How a file stores elements.
 *
 * @param type what they are read as
 * @param bytes that each takes in the file: fewer than the type's for unsigned integers, which are
 *     read as the next wider signed ones
 * @param order of the bytes
 * @param unsigned whether they are unsigned integers wider than a byte
 */
record StoredType(ElementType type, int bytes, ByteOrder order, boolean unsigned) {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfShort LITTLE_SHORT = SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LITTLE_INT = INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LITTLE_LONG = LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Stored as they are read. */
  static StoredType plain(ElementType type) {
    return new StoredType(type, type.bytes(), ByteOrder.LITTLE_ENDIAN, false);
  }

  /** Stored in an order of bytes. */
  static StoredType ordered(ElementType type, ByteOrder order) {
    return type.bytes() == 1 ? plain(type) : new StoredType(type, type.bytes(), order, false);
  }

  /** Unsigned integers of 2, 4 or 8 bytes. */
  static StoredType unsigned(int bytes, ByteOrder order) {
    ElementType type = bytes == Short.BYTES ? ElementType.I32 : ElementType.I64;
    return new StoredType(type, bytes, order, true);
  }

  boolean isPlain() {
    return order.equals(ByteOrder.LITTLE_ENDIAN) && !unsigned;
  }

  /** Returns the part of a target that holds the elements as stored: its end. */
  MemorySegment storedPart(MemorySegment target) {
    long stored = target.byteSize() / type.bytes() * bytes;
    return target.asSlice(target.byteSize() - stored);
  }

  /**
   * Turns the stored elements at the end of a target into little-endian ones that fill it. No
   * element is written over one that is not read yet.
   *
   * @throws AttnPoolException if an unsigned integer is larger than a long
   */
  void decode(MemorySegment target) {
    if (isPlain()) {
      return;
    }
    MemorySegment stored = storedPart(target);
    long count = target.byteSize() / type.bytes();
    for (long i = 0; i < count; i++) {
      put(target, i, get(stored, i));
    }
  }

  private long get(MemorySegment stored, long i) {
    return switch (bytes) {
      case Short.BYTES -> stored.get(SHORT.withOrder(order), i * bytes) & 0xffffL;
      case Integer.BYTES -> stored.get(INT.withOrder(order), i * bytes) & 0xffff_ffffL;
      case Long.BYTES -> checked(stored.get(LONG.withOrder(order), i * bytes));
      default -> stored.get(JAVA_BYTE, i * bytes) & 0xffL;
    };
  }

  private long checked(long value) {
    if (unsigned && value < 0) {
      throw new AttnPoolException(
          "elements",
          "the unsigned integer "
              + Long.toUnsignedString(value)
              + " is too large, must be at most "
              + Long.MAX_VALUE);
    }
    return value;
  }

  private void put(MemorySegment target, long i, long value) {
    switch (type.bytes()) {
      case Short.BYTES -> target.set(LITTLE_SHORT, i * Short.BYTES, (short) value);
      case Integer.BYTES -> target.set(LITTLE_INT, i * Integer.BYTES, (int) value);
      case Long.BYTES -> target.set(LITTLE_LONG, i * Long.BYTES, value);
      default -> target.set(JAVA_BYTE, i, (byte) value);
    }
  }
}
