package io.github.attnpool.internal.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/** A stretch of other bytes. */
record SourcePart(ByteSource source, long begin, long size) implements ByteSource {
  static SourcePart of(ByteSource source, long offset, long bytes) {
    Objects.checkFromIndexSize(offset, bytes, source.size());
    return new SourcePart(source, offset, bytes);
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    Objects.checkFromIndexSize(offset, target.byteSize(), size);
    source.read(begin + offset, target);
  }

  @Override
  public Optional<FileRegion> region() {
    return source.region().map(region -> region.part(begin, size));
  }

  @Override
  public MemorySegment whole(Arena arena) throws IOException {
    Optional<FileRegion> region = region();
    if (region.isPresent()) {
      return region.get().whole(arena);
    }
    MemorySegment bytes = arena.allocate(size);
    source.read(begin, bytes);
    return bytes;
  }
}
