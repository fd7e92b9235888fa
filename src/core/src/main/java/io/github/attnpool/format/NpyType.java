package io.github.attnpool.format;

import io.github.attnpool.ElementType;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** NumPy's names of element types, such as {@code <f4}: order of bytes, kind, size in bytes. */
final class NpyType {
  private static final Pattern NAME = Pattern.compile("([<>|=])?([a-zA-Z])(\\d{1,9})?");

  private NpyType() {}

  /** Returns how elements of that type are stored; empty if they cannot be read. */
  static Optional<StoredType> find(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    ByteOrder order = ">".equals(parts.group(1)) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return Optional.ofNullable(
        find(parts.group(2) + (parts.group(3) == null ? "" : parts.group(3)), order));
  }

  private static @Nullable StoredType find(String kind, ByteOrder order) {
    return switch (kind) {
      case "f2" -> StoredType.ordered(ElementType.F16, order);
      case "f4" -> StoredType.ordered(ElementType.F32, order);
      case "f8" -> StoredType.ordered(ElementType.F64, order);
      case "i1" -> StoredType.plain(ElementType.I8);
      case "i2" -> StoredType.ordered(ElementType.I16, order);
      case "i4" -> StoredType.ordered(ElementType.I32, order);
      case "i8" -> StoredType.ordered(ElementType.I64, order);
      case "u1" -> StoredType.plain(ElementType.U8);
      case "u2" -> StoredType.unsigned(2, order);
      case "u4" -> StoredType.unsigned(4, order);
      case "u8" -> StoredType.unsigned(8, order);
      case "b1" -> StoredType.plain(ElementType.BOOL);
      default -> null;
    };
  }

  /**
   * Returns why elements of a type that is not found cannot be read, as the end of a sentence that
   * begins with the tensor's name.
   */
  static String refusal(String shown, boolean objects) {
    return objects
        ? "holds Python objects (an object array): save plain arrays, one by"
            + " np.save(file, np.stack(list)) or several by np.savez(file, **dict)"
        : "has element type " + shown + ", must be f2, f4, f8, i1 to i8, u1 to u8 or b1";
  }
}
