package io.github.attnpool.internal.zip;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds the directory of an archive, from the file's end. */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT = 0xffff;
  private static final int LOCATOR = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final long MAX_BYTES = 1 << 28; // of the directory

  private ZipDirectory() {}

  /** Returns the whole directory. */
  static ByteBuffer find(String operation, ByteSource file) throws IOException {
    int length = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT);
    long from = file.size() - length;
    ByteBuffer tail = read(file, from, length);
    for (int at = length - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END
          && Short.toUnsignedInt(tail.getShort(at + 20)) == length - END_BYTES - at) {
        return directory(
            operation, file, tail.slice(at, END_BYTES).order(ByteOrder.LITTLE_ENDIAN), from + at);
      }
    }
    throw bad(
        operation,
        "it is a zip archive without the directory at its end: was the download interrupted?");
  }

  private static ByteBuffer directory(String operation, ByteSource file, ByteBuffer end, long at)
      throws IOException {
    long size = Integer.toUnsignedLong(end.getInt(12));
    long begin = Integer.toUnsignedLong(end.getInt(16));
    if (at >= LOCATOR_BYTES) {
      ByteBuffer locator = read(file, at - LOCATOR_BYTES, LOCATOR_BYTES);
      long place = locator.getLong(8);
      if (locator.getInt(0) == LOCATOR && place >= 0 && place <= at - END64_BYTES) {
        ByteBuffer end64 = read(file, place, END64_BYTES);
        if (end64.getInt(0) == END64) {
          size = end64.getLong(40);
          begin = end64.getLong(48);
        }
      }
    }
    if (size < 0 || size > MAX_BYTES || begin < 0 || begin > at || size > at - begin) {
      throw bad(
          operation, "it is a zip archive whose directory is not in the file: was it cut short?");
    }
    return read(file, begin, (int) size);
  }

  private static ByteBuffer read(ByteSource file, long at, int length) throws IOException {
    return ByteBuffer.wrap(file.bytes(at, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Takes the next bytes. */
  static ByteBuffer take(String operation, ByteBuffer directory, int length) {
    if (directory.remaining() < length) {
      throw bad(operation, "its directory is damaged");
    }
    ByteBuffer taken = directory.slice(directory.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    directory.position(directory.position() + length);
    return taken;
  }

  static AttnPoolException bad(String operation, String problem) {
    return new AttnPoolException(operation, problem);
  }
}
