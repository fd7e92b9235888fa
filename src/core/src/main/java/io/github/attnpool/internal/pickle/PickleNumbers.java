package io.github.attnpool.internal.pickle;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as pickles write them. */
final class PickleNumbers {
  private static final int MAX_BYTES = 1024; // of an integer
  private static final int MAX_DIGITS = 1024;

  private PickleNumbers() {}

  /** Two's complement, lowest byte first. */
  static Object littleEndian(PickleInput in, int length) throws IOException {
    if (length < 0 || length > MAX_BYTES) {
      throw in.bad("it has an integer of " + Integer.toUnsignedString(length) + " bytes");
    }
    byte[] bytes = in.bytes(length);
    for (int i = 0; i < length / 2; i++) {
      byte low = bytes[i];
      bytes[i] = bytes[length - 1 - i];
      bytes[length - 1 - i] = low;
    }
    return length == 0 ? (Object) 0L : narrowed(new BigInteger(bytes));
  }

  private static Object narrowed(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValueExact() : value;
  }

  /** Of protocol 0, which also writes {@code True} and {@code False} so. */
  static Object integer(PickleInput in, String line) {
    return switch (line) {
      case "00" -> false;
      case "01" -> true;
      default -> longInteger(in, line);
    };
  }

  static Object longInteger(PickleInput in, String line) {
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    if (digits.length() <= MAX_DIGITS) {
      try {
        return narrowed(new BigInteger(digits));
      } catch (NumberFormatException _) {
        // said below
      }
    }
    throw in.bad("it has an integer that is not understood");
  }

  static Object real(PickleInput in, String line) {
    Double special = special(line.toLowerCase(Locale.ROOT));
    if (special != null) {
      return special;
    }
    if (line.length() <= MAX_DIGITS) {
      try {
        return Double.parseDouble(line);
      } catch (NumberFormatException _) {
        // said below
      }
    }
    throw in.bad("it has a real number that is not understood");
  }

  private static @Nullable Double special(String line) {
    return switch (line) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> null;
    };
  }

  /** A place in the memo. */
  static long memo(PickleInput in, String line) {
    if (integer(in, line) instanceof Long place) {
      return place;
    }
    throw in.bad("it stores a value in a place that is no number");
  }
}
