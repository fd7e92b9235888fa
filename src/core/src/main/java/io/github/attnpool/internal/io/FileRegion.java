package io.github.attnpool.internal.io;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A stretch of an open file.
 *
 * @param path for messages
 * @param channel owned by others
 */
public record FileRegion(Path path, FileChannel channel, long begin, long size)
    implements ByteSource {
  private static final long PIECE = 1L << 30; // a ByteBuffer holds at most 2 GiB

  @Override
  public FileRegion part(long offset, long bytes) {
    Objects.checkFromIndexSize(offset, bytes, size);
    return new FileRegion(path, channel, begin + offset, bytes);
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    Objects.checkFromIndexSize(offset, target.byteSize(), size);
    for (long done = 0; done < target.byteSize(); done += PIECE) {
      long length = Math.min(PIECE, target.byteSize() - done);
      fill(target.asSlice(done, length).asByteBuffer(), begin + offset + done);
    }
  }

  private void fill(ByteBuffer piece, long at) throws IOException {
    while (piece.hasRemaining()) {
      if (channel.read(piece, at + piece.position()) < 0) {
        throw cut();
      }
    }
  }

  private AttnPoolException cut() {
    return new AttnPoolException("read " + path, "the file was cut short while it was read");
  }

  @Override
  public MemorySegment whole(Arena arena) throws IOException {
    if (channel.size() - begin < size) {
      throw cut();
    }
    return channel.map(FileChannel.MapMode.READ_ONLY, begin, size, arena);
  }
}
