package io.github.attnpool.internal.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.Optional;

/**
 * A stretch of an open file.
 *
 * @param file owned by others
 */
public record FileRegion(SharedFile file, long begin, long size) implements ByteSource {
  private static final long PIECE = 1L << 30; // a ByteBuffer holds at most 2 GiB

  @Override
  public Optional<FileRegion> region() {
    return Optional.of(this);
  }

  @Override
  public FileRegion part(long offset, long bytes) {
    Objects.checkFromIndexSize(offset, bytes, size);
    return new FileRegion(file, begin + offset, bytes);
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    Objects.checkFromIndexSize(offset, target.byteSize(), size);
    for (long done = 0; done < target.byteSize(); done += PIECE) {
      ByteBuffer piece =
          target.asSlice(done, Math.min(PIECE, target.byteSize() - done)).asByteBuffer();
      long at = begin + offset + done;
      file.run(channel -> fill(channel, piece, at));
    }
  }

  private ByteBuffer fill(FileChannel channel, ByteBuffer piece, long at) throws IOException {
    while (piece.hasRemaining()) {
      if (channel.read(piece, at + piece.position()) < 0) {
        throw file.cut();
      }
    }
    return piece;
  }

  @Override
  public MemorySegment whole(Arena arena) throws IOException {
    return file.run(
        channel -> {
          if (channel.size() - begin < size) {
            throw file.cut();
          }
          return channel.map(FileChannel.MapMode.READ_ONLY, begin, size, arena);
        });
  }
}
