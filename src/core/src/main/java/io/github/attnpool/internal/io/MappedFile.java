package io.github.attnpool.internal.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files mapped to be read, and what can go wrong with that. */
public final class MappedFile {
  private MappedFile() {}

  /**
   * Maps a whole file.
   *
   * @param arena owner of the mapping
   * @throws AttnPoolException if there is no such file, or it cannot be read
   */
  public static MemorySegment map(Path path, Arena arena) {
    checkRegular(path);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    }
  }

  /**
   * Fails unless there is a regular file, or nothing: opening a named pipe would wait for its
   * writer.
   */
  public static void checkRegular(Path path) {
    checkRegular("read " + path, path);
  }

  /** As {@link #checkRegular(Path)}, with what the exception begins with. */
  public static void checkRegular(String operation, Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new AttnPoolException(
          operation, Files.isDirectory(path) ? "is a directory" : "is not a regular file");
    }
  }

  /** For the JVM's report of a page that a mapped file no longer has, an InternalError. */
  public static AttnPoolException cut(String operation, InternalError e) {
    return new AttnPoolException(operation, "the file was cut short while it was read", e);
  }

  /** Some of its bytes, on the heap. */
  public static byte[] copy(MemorySegment bytes, long offset, int length) {
    return bytes.asSlice(offset, length).toArray(JAVA_BYTE);
  }
}
