package io.github.attnpool.format;

import io.github.attnpool.ElementType;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PyTorch's element types, by the names of their storage classes and of their dtypes. */
enum TorchType {
  FLOAT("float32", ElementType.F32),
  DOUBLE("float64", ElementType.F64),
  HALF("float16", ElementType.F16),
  BFLOAT16("bfloat16", ElementType.BF16),
  LONG("int64", ElementType.I64),
  INT("int32", ElementType.I32),
  SHORT("int16", ElementType.I16),
  CHAR("int8", ElementType.I8),
  BYTE("uint8", ElementType.U8),
  BOOL("bool", ElementType.BOOL),
  UINT16("uint16", 2, true),
  UINT32("uint32", 4, true),
  UINT64("uint64", 8, true),
  COMPLEXHALF("complex32", 4, false),
  COMPLEXFLOAT("complex64", 8, false),
  COMPLEXDOUBLE("complex128", 16, false),
  QINT8("qint8", 1, false),
  QUINT8("quint8", 1, false),
  QINT32("qint32", 4, false),
  QUINT4X2("quint4x2", 1, false),
  QUINT2X4("quint2x4", 1, false),
  FLOAT8_E4M3FN("float8_e4m3fn", 1, false),
  FLOAT8_E5M2("float8_e5m2", 1, false),
  FLOAT8_E4M3FNUZ("float8_e4m3fnuz", 1, false),
  FLOAT8_E5M2FNUZ("float8_e5m2fnuz", 1, false),
  /** Bytes, of which each tensor says what they are. */
  UNTYPED("untyped", 1, false);

  private static final String STORAGE = "Storage";

  private final String dtype;
  private final int bytes;
  private final @Nullable ElementType type; // null if it cannot be read as it is
  private final boolean unsigned;

  TorchType(String dtype, ElementType type) {
    this.dtype = dtype;
    this.bytes = type.bytes();
    this.type = type;
    this.unsigned = false;
  }

  TorchType(String dtype, int bytes, boolean unsigned) {
    this.dtype = dtype;
    this.bytes = bytes;
    this.type = null;
    this.unsigned = unsigned;
  }

  /** Returns the type of a storage class, for example {@code FloatStorage}. */
  static Optional<TorchType> ofStorage(String name) {
    return name.endsWith(STORAGE)
        ? Arrays.stream(values())
            .filter(
                type ->
                    type.name()
                        .equalsIgnoreCase(name.substring(0, name.length() - STORAGE.length())))
            .findFirst()
        : Optional.empty();
  }

  /** Returns the type of a dtype, for example {@code float32}. */
  static Optional<TorchType> ofDtype(String name) {
    return Arrays.stream(values()).filter(type -> type.dtype.equals(name)).findFirst();
  }

  String dtype() {
    return dtype;
  }

  int bytes() {
    return bytes;
  }

  /** Returns how elements are stored; empty if they cannot be read. */
  Optional<StoredType> stored(ByteOrder order) {
    if (unsigned) {
      return Optional.of(StoredType.unsigned(bytes, order));
    }
    return Optional.ofNullable(type).map(known -> StoredType.ordered(known, order));
  }
}
