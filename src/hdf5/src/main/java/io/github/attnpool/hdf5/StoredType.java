package io.github.attnpool.hdf5;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.attnpool.ElementType;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/**
 * How a dataset's elements are stored, and what they become. Unsigned integers of more than one
 * byte become wider ones, since there are no such tensors.
 *
 * @param becomes type of the tensor's elements
 * @param bytes of a stored element
 * @param order of these bytes
 */
record StoredType(ElementType becomes, int bytes, ByteOrder order) {
  private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;

  /** Returns how a type is stored; empty if it is not read. */
  static Optional<StoredType> of(DataType type) {
    return switch (type) {
      case FloatingPoint real -> real(real);
      case FixedPoint integer -> integer(integer);
      case EnumDataType constants when isBoolean(constants) ->
          Optional.of(new StoredType(ElementType.BOOL, 1, LITTLE_ENDIAN));
      case EnumDataType constants when constants.getBaseType() instanceof FixedPoint integer ->
          integer(integer);
      default -> Optional.empty();
    };
  }

  private static Optional<StoredType> real(FloatingPoint type) {
    int bytes = type.getSize();
    if (type.getBitOffset() != 0 || type.getBitPrecision() != 8 * bytes) {
      return Optional.empty();
    }
    ElementType becomes =
        switch (bytes + " " + type.getExponentSize() + " " + type.getMantissaSize()) {
          case "2 5 10" -> ElementType.F16;
          case "2 8 7" -> ElementType.BF16;
          case "4 8 23" -> ElementType.F32;
          case "8 11 52" -> ElementType.F64;
          default -> null;
        };
    return Optional.ofNullable(becomes)
        .map(real -> new StoredType(real, bytes, type.getByteOrder()));
  }

  private static Optional<StoredType> integer(FixedPoint type) {
    int bytes = type.getSize();
    if (type.getBitOffset() != 0 || type.getBitPrecision() != 8 * bytes) {
      return Optional.empty();
    }
    ElementType becomes =
        switch (bytes) {
          case 1 -> type.isSigned() ? ElementType.I8 : ElementType.U8;
          case 2 -> type.isSigned() ? ElementType.I16 : ElementType.I32;
          case 4 -> type.isSigned() ? ElementType.I32 : ElementType.I64;
          case 8 -> ElementType.I64;
          default -> null;
        };
    return Optional.ofNullable(becomes)
        .map(integer -> new StoredType(integer, bytes, type.getByteOrder()));
  }

  /** As h5py stores truth values. */
  private static boolean isBoolean(EnumDataType type) {
    return type.getBaseType().getSize() == 1
        && type.getEnumMapping().equals(Map.of(0, "FALSE", 1, "TRUE"));
  }

  /** Copies elements, little-endian. */
  void copy(MemorySegment from, long fromOffset, long count, MemorySegment to, long toOffset) {
    if (bytes == becomes.bytes() && (bytes == 1 || order == LITTLE_ENDIAN)) {
      MemorySegment.copy(from, fromOffset, to, toOffset, count * bytes);
      return;
    }
    for (long i = 0; i < count; i++) {
      long value = unsigned(from, fromOffset + i * bytes);
      long at = toOffset + i * becomes.bytes();
      switch (becomes.bytes()) {
        case 1 -> to.set(JAVA_BYTE, at, (byte) value);
        case 2 -> to.set(I16.withOrder(LITTLE_ENDIAN), at, (short) value);
        case 4 -> to.set(I32.withOrder(LITTLE_ENDIAN), at, (int) value);
        default -> to.set(I64.withOrder(LITTLE_ENDIAN), at, value);
      }
    }
  }

  private long unsigned(MemorySegment from, long at) {
    ByteOrder stored = order == BIG_ENDIAN ? BIG_ENDIAN : LITTLE_ENDIAN;
    return switch (bytes) {
      case 1 -> from.get(JAVA_BYTE, at) & 0xffL;
      case 2 -> from.get(I16.withOrder(stored), at) & 0xffffL;
      case 4 -> from.get(I32.withOrder(stored), at) & 0xffff_ffffL;
      default -> from.get(I64.withOrder(stored), at);
    };
  }
}
