package io.github.attnpool.internal.pickle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Locale;

/** Reads a pickle's bytes in order, through a small buffer. */
final class PickleInput {
  static final int BUFFER = 8192; // bytes
  private static final int MAX_LINE = 1 << 16; // bytes

  private final String operation;
  private final ByteSource source;
  private final byte[] bytes = new byte[BUFFER];
  private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long end; // place of the buffer's end in the source

  /**
   * @param operation what exceptions begin with
   */
  PickleInput(String operation, ByteSource source, long begin) {
    this.operation = operation;
    this.source = source;
    this.end = begin;
  }

  /** Place of the next byte. */
  long position() {
    return end - buffer.remaining();
  }

  /** Has so many bytes in the buffer. */
  private ByteBuffer need(int count) throws IOException {
    if (buffer.remaining() < count) {
      buffer.compact();
      int more = (int) Math.min(buffer.remaining(), source.size() - end);
      source.read(end, MemorySegment.ofArray(bytes).asSlice(buffer.position(), more));
      end += more;
      buffer.position(buffer.position() + more).flip();
      if (buffer.remaining() < count) {
        throw bad("it ends at byte " + end + " in the middle; was it cut short?");
      }
    }
    return buffer;
  }

  int unsignedByte() throws IOException {
    return need(1).get() & 0xff;
  }

  int unsignedShort() throws IOException {
    return need(Short.BYTES).getShort() & 0xffff;
  }

  int integer() throws IOException {
    return need(Integer.BYTES).getInt();
  }

  long unsignedInteger() throws IOException {
    return integer() & 0xffff_ffffL;
  }

  long longInteger() throws IOException {
    return need(Long.BYTES).getLong();
  }

  double bigEndianDouble() throws IOException {
    return Double.longBitsToDouble(Long.reverseBytes(longInteger()));
  }

  byte[] bytes(int count) throws IOException {
    byte[] some = new byte[count];
    need(count).get(some);
    return some;
  }

  String text(int count, Charset charset) throws IOException {
    return new String(bytes(count), charset);
  }

  /** Leaves bytes out; returns where they are. */
  private long skip(long count) throws IOException {
    long at = position();
    if (count < 0 || count > source.size() - at) {
      throw bad(
          String.format(
              Locale.ROOT,
              "it has a value of %s bytes at byte %d, but ends after %d; was it cut short?",
              Long.toUnsignedString(count),
              at,
              source.size() - at));
    }
    if (count <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) count);
    } else {
      end = at + count;
      buffer.clear().limit(0);
    }
    return at;
  }

  /** The next bytes, which stay where they are. */
  ByteSource part(long count) throws IOException {
    return source.part(skip(count), count);
  }

  AttnPoolException bad(String problem) {
    return new AttnPoolException(operation, "its pickle is not sound: " + problem);
  }

  /** Up to the end of a line, without it. */
  String line() throws IOException {
    byte[] line = new byte[64];
    int length = 0;
    for (int next = unsignedByte(); next != '\n'; next = unsignedByte()) {
      if (length == MAX_LINE) {
        throw bad("it has a line of more than " + MAX_LINE + " bytes");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, 2 * length);
      }
      line[length++] = (byte) next;
    }
    String text = new String(line, 0, length, ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, length - 1) : text;
  }
}
