package io.github.attnpool.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.MappedFile;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads NumPy's {@code .npy} files, format versions 1 to 3: one C-ordered, little-endian array.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">format</a>
 */
public final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 65_536;
  private static final String TYPES = "<f4, <f8, <f2, <i8, <i4, <i2, |i1, |u1, |b1";
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr'\\s*:\\s*'([^']*)'\\s*,\\s*'fortran_order'\\s*:\\s*(True|False)\\s*,"
              + "\\s*'shape'\\s*:\\s*\\(([^)]*)\\)\\s*,?\\s*\\}\\s*");

  private NpyFile() {}

  /**
   * {@return whether a file has the extension {@code .npy}, or begins as such a file}
   *
   * @param path the file
   */
  public static boolean isNpy(Path path) {
    if (path.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
      return true;
    }
    if (!Files.isRegularFile(path)) { // opening a named pipe would wait for its writer
      return false;
    }
    ByteBuffer start = ByteBuffer.allocate(MAGIC.length);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.read(start, 0);
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    }
    return Arrays.equals(start.array(), MAGIC);
  }

  /**
   * Maps a file's array as a tensor named {@code x}.
   *
   * @param path the file
   * @param arena owner of the mapping
   * @return the tensor; its memory lives as long as the arena
   * @throws AttnPoolException if the file cannot be read or holds another kind of array
   */
  public static Tensor read(Path path, Arena arena) {
    try {
      return parse(path, MappedFile.map(path, arena));
    } catch (InternalError e) {
      throw MappedFile.cut(path, e);
    }
  }

  private static Tensor parse(Path path, MemorySegment bytes) {
    long size = bytes.byteSize();
    if (size < 12 || !Arrays.equals(MappedFile.copy(bytes, 0, MAGIC.length), MAGIC)) {
      throw new AttnPoolException("read " + path, "it is not a .npy file");
    }
    byte[] start = MappedFile.copy(bytes, 0, 12);
    if (start[6] < 1 || start[6] > 3) {
      throw new AttnPoolException(
          "read " + path, "it is of .npy version " + (start[6] & 0xff) + ", must be 1 to 3");
    }
    boolean longForm = start[6] >= 2;
    int headerAt = longForm ? 12 : 10;
    int length = (start[8] & 0xff) | (start[9] & 0xff) << 8;
    if (longForm) {
      length |= (start[10] & 0xff) << 16 | (start[11] & 0xff) << 24;
    }
    if (length < 0 || length > MAX_HEADER || headerAt + length > size) {
      throw new AttnPoolException("read " + path, "its .npy header has no sound length");
    }
    String header = new String(MappedFile.copy(bytes, headerAt, length), ISO_8859_1);
    Matcher fields = HEADER.matcher(header);
    if (!fields.matches()) {
      throw new AttnPoolException("read " + path, "its .npy header is not understood");
    }
    if (fields.group(2).equals("True")) {
      throw new AttnPoolException(
          "read " + path, "the array is in Fortran order, must be in C order");
    }
    ElementType type = type(path, fields.group(1));
    long[] shape = shape(path, fields.group(3));
    long data = byteSize(path, type, shape);
    if (data != size - headerAt - length) {
      throw new AttnPoolException(
          "read " + path,
          "the array needs %d bytes, but the file holds %d; was it cut short?"
              .formatted(data, size - headerAt - length));
    }
    return new Tensor("x", type, shape, bytes.asSlice(headerAt + length).asReadOnly());
  }

  private static ElementType type(Path path, String descr) {
    return switch (descr.toLowerCase(Locale.ROOT)) {
      case "<f4" -> ElementType.F32;
      case "<f8" -> ElementType.F64;
      case "<f2" -> ElementType.F16;
      case "<i8" -> ElementType.I64;
      case "<i4" -> ElementType.I32;
      case "<i2" -> ElementType.I16;
      case "|i1" -> ElementType.I8;
      case "|u1" -> ElementType.U8;
      case "|b1" -> ElementType.BOOL;
      default ->
          throw new AttnPoolException(
              "read " + path,
              "the array has type '%s', must be one of %s: x.astype('<f4') makes it so"
                  .formatted(Shown.text(descr), TYPES));
    };
  }

  private static long byteSize(Path path, ElementType type, long[] shape) {
    try {
      return Tensor.byteSize("x", type, shape);
    } catch (AttnPoolException e) {
      throw new AttnPoolException("read " + path, e.getMessage(), e);
    }
  }

  private static long[] shape(Path path, String text) {
    try {
      return Arrays.stream(text.split(",", -1))
          .map(String::strip)
          .filter(part -> !part.isEmpty())
          .mapToLong(Long::parseLong)
          .toArray();
    } catch (NumberFormatException e) {
      throw new AttnPoolException(
          "read " + path, "its shape (" + Shown.text(text) + ") is not understood", e);
    }
  }
}
