package io.github.attnpool.internal.zip;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.Shown;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** The CRC-32 of an entry, compared once all of its bytes were seen in order. Not thread-safe. */
final class CheckSum {
  private static final int PIECE = 1 << 30; // a ByteBuffer holds at most 2 GiB

  private final CRC32 crc = new CRC32();
  private final String operation;
  private final String name;
  private final long size;
  private final long expected;
  private long position; // of the first byte that was not seen

  /**
   * @param expected what the directory says
   */
  CheckSum(String operation, String name, long size, long expected) {
    this.operation = operation;
    this.name = name;
    this.size = size;
    this.expected = expected;
  }

  /** Takes bytes into account if they go on where the last ones ended, or before that. */
  void saw(long offset, MemorySegment bytes) {
    if (offset > position || offset + bytes.byteSize() <= position) {
      return;
    }
    for (long at = position - offset; at < bytes.byteSize(); at += PIECE) {
      saw(bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).asByteBuffer());
    }
  }

  /** Takes the next bytes into account, up to the buffer's limit. */
  void saw(ByteBuffer next) {
    position += next.remaining();
    crc.update(next);
    if (position == size && crc.getValue() != expected) {
      reset();
      throw new AttnPoolException(
          operation,
          "its entry '"
              + Shown.text(name)
              + "' is damaged: its CRC-32 is not the one in the directory");
    }
  }

  /** Begins anew. */
  void reset() {
    crc.reset();
    position = 0;
  }
}
