package io.github.attnpool.internal.zip;

import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.FileRegion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * An entry that lies in the file as it is. Its check sum is compared when it is read from the
 * beginning to the end in order; not where it is mapped, or read elsewhere first.
 */
final class StoredEntry implements ByteSource {
  private final ByteSource bytes;
  private final CheckSum sum;

  StoredEntry(ByteSource bytes, CheckSum sum) {
    this.bytes = bytes;
    this.sum = sum;
  }

  @Override
  public long size() {
    return bytes.size();
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    bytes.read(offset, target);
    synchronized (sum) {
      sum.saw(offset, target);
    }
  }

  @Override
  public MemorySegment whole(Arena arena) throws IOException {
    return bytes.whole(arena);
  }

  @Override
  public Optional<FileRegion> region() {
    return bytes.region();
  }
}
