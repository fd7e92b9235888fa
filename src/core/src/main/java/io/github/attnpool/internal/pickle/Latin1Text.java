package io.github.attnpool.internal.pickle;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.internal.io.ByteSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Bytes stored as a UTF-8 text whose characters are the bytes, as protocol 2 has to write them. It
 * stays in the file; a sparse index makes any place of it quick to find.
 */
public final class Latin1Text implements ByteSource {
  private static final int STRIDE = 1 << 16; // bytes of this for each place in the index
  private static final int BUFFER = 1 << 13;

  private final ByteSource utf8;
  private final long[] index;
  private final long size;

  private Latin1Text(ByteSource utf8, long[] index, long size) {
    this.utf8 = utf8;
    this.index = index;
    this.size = size;
  }

  /** Reads a text through; empty if it has characters that are no bytes. */
  public static Optional<Latin1Text> of(ByteSource utf8) throws IOException {
    Reader reader = new Reader(utf8, 0);
    long[] index = new long[16];
    long size = 0;
    while (reader.hasMore()) {
      if (size % STRIDE == 0) {
        int at = (int) (size / STRIDE);
        if (at == index.length) {
          index = Arrays.copyOf(index, 2 * at);
        }
        index[at] = reader.position();
      }
      if (reader.next() < 0) {
        return Optional.empty();
      }
      size++;
    }
    return Optional.of(new Latin1Text(utf8, index, size));
  }

  /** Decodes in order. */
  private static final class Reader {
    private final ByteSource utf8;
    private final byte[] buffer = new byte[BUFFER];
    private long end; // of the buffer, in the text
    private int at;
    private int limit;

    Reader(ByteSource utf8, long begin) {
      this.utf8 = utf8;
      this.end = begin;
    }

    long position() {
      return end - (limit - at);
    }

    boolean hasMore() {
      return position() < utf8.size();
    }

    private int unit() throws IOException {
      if (at == limit) {
        limit = (int) Math.min(BUFFER, utf8.size() - end);
        at = 0;
        if (limit == 0) {
          return -1;
        }
        utf8.read(end, MemorySegment.ofArray(buffer).asSlice(0, limit));
        end += limit;
      }
      return buffer[at++] & 0xff;
    }

    /** Returns the next byte; −1 if the character is none. */
    int next() throws IOException {
      int first = unit();
      if (first < 0x80) {
        return first;
      }
      int second = unit();
      boolean two = (first == 0xc2 || first == 0xc3) && second >> 6 == 2;
      return two ? ((first & 3) << 6) | (second & 0x3f) : -1;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    Objects.checkFromIndexSize(offset, target.byteSize(), size);
    if (target.byteSize() == 0) {
      return;
    }
    Reader reader = new Reader(utf8, index[(int) (offset / STRIDE)]);
    for (long skipped = 0; skipped < offset % STRIDE; skipped++) {
      reader.next();
    }
    for (long i = 0; i < target.byteSize(); i++) {
      target.set(JAVA_BYTE, i, (byte) reader.next());
    }
  }

  @Override
  public MemorySegment whole(Arena arena) throws IOException {
    MemorySegment bytes = arena.allocate(size);
    read(0, bytes);
    return bytes;
  }
}
