package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} file, format versions 1 to 3: what the array after it is.
 *
 * @param type NumPy's name of the element type; what is in its place for structured arrays
 * @param fortran whether the first dimension is the innermost
 * @param size bytes of the header
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">format</a>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NpyHeader(String operation, String type, boolean fortran, long[] shape, long size) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int START = 12; // bytes that hold the magic, the version and the length
  private static final int MAX_HEADER = 65_536;

  // Each takes a header of any length in one pass: no part of them can give back what it took.
  private static final String ORDER = "'fortran_order'";
  private static final Pattern BEGIN =
      Pattern.compile("\\{\\s*+'descr'\\s*+:\\s*+('[^']*+'|\\[.*)", Pattern.DOTALL);
  private static final Pattern END =
      Pattern.compile(
          ORDER
              + "\\s*+:\\s*+(True|False)\\s*+,\\s*+'shape'\\s*+:\\s*+\\(([^)]*+)\\)\\s*+,?+\\s*+\\}\\s*+");

  static boolean isAtStart(byte[] head) {
    return head.length >= MAGIC.length
        && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Reads a header.
   *
   * @param operation what exceptions begin with
   */
  static NpyHeader parse(String operation, ByteSource file) throws IOException {
    if (file.size() < START) {
      throw new AttnPoolException(operation, "it is not a .npy file, or cut short");
    }
    byte[] start = file.bytes(0, START);
    if (!isAtStart(start)) {
      throw new AttnPoolException(operation, "it is not a .npy file");
    }
    if (start[6] < 1 || start[6] > 3) {
      throw new AttnPoolException(
          operation, "it is of .npy version " + (start[6] & 0xff) + ", must be 1 to 3");
    }
    int headerAt = start[6] >= 2 ? START : START - 2;
    int length = length(start);
    if (length < 0 || length > MAX_HEADER || headerAt + length > file.size()) {
      throw new AttnPoolException(operation, "its .npy header has no sound length");
    }
    return parse(
        operation, new String(file.bytes(headerAt, length), ISO_8859_1), headerAt + length);
  }

  private static NpyHeader parse(String operation, String text, long size) {
    int order = Math.max(0, text.lastIndexOf(ORDER)); // what is before may hold any text
    String described = text.substring(0, order).strip();
    Matcher begin =
        BEGIN.matcher(described.substring(0, Math.max(0, described.length() - 1)).strip());
    Matcher end = END.matcher(text.substring(order));
    if (!described.endsWith(",")
        || !begin.matches()
        || (begin.group(1).startsWith("[") && !begin.group(1).endsWith("]"))
        || !end.matches()) {
      throw new AttnPoolException(operation, "its .npy header is not understood");
    }
    return new NpyHeader(
        operation,
        begin.group(1),
        end.group(1).equals("True"),
        shape(operation, end.group(2)),
        size);
  }

  private static int length(byte[] start) {
    int length = (start[8] & 0xff) | (start[9] & 0xff) << 8;
    return start[6] >= 2 ? length | (start[10] & 0xff) << 16 | (start[11] & 0xff) << 24 : length;
  }

  private static long[] shape(String operation, String text) {
    try {
      return Arrays.stream(text.split(",", -1))
          .map(String::strip)
          .filter(part -> !part.isEmpty())
          .map(part -> part.endsWith("L") ? part.substring(0, part.length() - 1) : part)
          .mapToLong(Long::parseLong)
          .toArray();
    } catch (NumberFormatException e) {
      throw new AttnPoolException(
          operation, "its shape (" + Shown.text(text) + ") is not understood", e);
    }
  }

  /** Returns how elements are stored; empty if they cannot be read. */
  Optional<StoredType> stored() {
    return isStructured() ? Optional.empty() : NpyType.find(type.substring(1, type.length() - 1));
  }

  /** Returns why the array cannot be read if its elements cannot. */
  String refusal() {
    return isStructured()
        ? "is a structured array: save its fields by np.savez(file, a=x['a'], b=x['b'])"
        : NpyType.refusal(Shown.text(type), type.contains("O"));
  }

  private boolean isStructured() {
    return type.startsWith("[");
  }

  /**
   * Returns the array.
   *
   * @param data what follows the header
   * @throws AttnPoolException if the array is not all of it
   */
  StoredTensor tensor(String name, StoredType stored, ByteSource data) {
    TensorInfo info = new TensorInfo(name, stored.type(), shape);
    long bytes = info.elements() * stored.bytes();
    if (bytes != data.size()) {
      throw new AttnPoolException(
          operation,
          String.format(
              Locale.ROOT,
              "the array needs %d bytes, but the file holds %d; was it cut short?",
              bytes,
              data.size()));
    }
    return fortran
        ? StoredTensor.columnMajor(info, stored, data)
        : StoredTensor.whole(info, stored, data);
  }
}
