package io.github.attnpool.internal.zip;

import io.github.attnpool.internal.io.ByteSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A deflated entry. Reading on from where the last reading ended is quick; going back begins anew.
 *
 * @param operation what exceptions begin with
 * @param packed as it is in the file
 * @param size of what it unpacks to
 * @param crc of what it unpacks to
 * @param inflations of all entries of the archive
 */
record InflatedEntry(
    String operation, String name, ByteSource packed, long size, long crc, Inflations inflations)
    implements ByteSource {
  /** What any entry may unpack to, and how many times its packed bytes a large one may. */
  private static final long ANY = 1 << 26;

  private static final long RATIO = 100;

  /** Returns the largest size that so many packed bytes may have. */
  static long largest(long packed) {
    return ANY + RATIO * packed;
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    Objects.checkFromIndexSize(offset, target.byteSize(), size);
    inflations.read(this, offset, target);
  }

  @Override
  public MemorySegment whole(Arena arena) throws IOException {
    MemorySegment bytes = arena.allocate(size);
    read(0, bytes);
    return bytes;
  }
}
