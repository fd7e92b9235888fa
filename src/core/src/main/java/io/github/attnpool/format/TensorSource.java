package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.AnyMemory;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.MappedFile;
import io.github.attnpool.internal.io.MemoryBytes;
import io.github.attnpool.internal.io.SharedFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a tensor file, wherever they are: in a file, or in memory. Safe to use from any
 * thread that may read the memory.
 */
public final class TensorSource implements AutoCloseable {
  private static final int MOST = Integer.MAX_VALUE - 8; // bytes of an array

  private final String name;
  private final ByteSource bytes;

  /** Null for memory. */
  private final @Nullable SharedFile file;

  private final @Nullable Path path;

  private TensorSource(
      String name, ByteSource bytes, @Nullable SharedFile file, @Nullable Path path) {
    this.name = name;
    this.bytes = bytes;
    this.file = file;
    this.path = path;
  }

  /** Opens a file of this machine; one of another file system is read into memory. */
  static TensorSource of(Path path) {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      MappedFile.checkRegular(path);
      try (InputStream in = Files.newInputStream(path)) {
        return of(in, path.toString());
      } catch (IOException e) {
        throw new AttnPoolException("read " + path, FileProblem.of(e), e);
      }
    }
    SharedFile file = SharedFile.open(path);
    boolean good = false;
    try {
      TensorSource source = new TensorSource(path.toString(), file.region(), file, path);
      good = true;
      return source;
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    } finally {
      if (!good) {
        file.close();
      }
    }
  }

  /** Takes bytes, which are not copied. */
  static TensorSource of(MemorySegment bytes, String name) {
    return new TensorSource(name, new MemoryBytes("read " + name, bytes.asReadOnly()), null, null);
  }

  /** Reads a stream to its end. */
  static TensorSource of(InputStream in, String name) {
    try {
      byte[] bytes = in.readNBytes(MOST);
      if (bytes.length == MOST && in.read() >= 0) {
        throw new AttnPoolException(
            "read " + name,
            "it has more than " + MOST + " bytes: open it as a file of this machine");
      }
      return of(MemorySegment.ofArray(bytes), name);
    } catch (IOException e) {
      throw new AttnPoolException("read " + name, FileProblem.of(e), e);
    } catch (OutOfMemoryError e) {
      throw new AttnPoolException(
          "read " + name, "the heap has no room for it: open it as a file of this machine", e);
    }
  }

  /** {@return the file's path, or what the bytes are called, for messages} */
  public String name() {
    return name;
  }

  /** {@return the path, if the bytes are in a file of the default file system} */
  public Optional<Path> path() {
    return Optional.ofNullable(path);
  }

  /** {@return the number of bytes} */
  public long size() {
    return bytes.size();
  }

  /**
   * Reads some of the bytes.
   *
   * @param offset of the first byte
   * @param target to be filled: native memory, or over a byte array
   * @throws IOException if they cannot be read
   * @throws AttnPoolException if a file was cut, or memory was closed
   */
  public void read(long offset, MemorySegment target) throws IOException {
    Arguments arguments = new Arguments("read " + name);
    long count = arguments.given("target", target).byteSize();
    arguments.must(
        offset >= 0 && offset <= size() && count <= size() - offset,
        () -> String.format(Locale.ROOT, "there are no %d bytes from offset %d on", count, offset));
    arguments.usable("target", target);
    arguments.must(!target.isReadOnly(), () -> "the memory of target must not be read-only");
    AnyMemory.fill(target, memory -> bytes.read(offset, memory));
  }

  /**
   * Returns all bytes in memory: a file is mapped, and memory is not copied.
   *
   * @param arena owner of the mapping
   * @return the bytes; not to be written
   * @throws IOException if a file cannot be mapped
   * @throws AttnPoolException if a file was cut, or memory was closed
   */
  public MemorySegment whole(Arena arena) throws IOException {
    new Arguments("read " + name).open(arena);
    try {
      return bytes.whole(arena);
    } catch (WrongThreadException e) {
      throw new AttnPoolException("read " + name, "the arena belongs to another thread", e);
    }
  }

  /** The bytes, as this module's parsers take them. */
  ByteSource bytes() {
    return bytes;
  }

  /** Closes the file; memory stays as it is. Closing twice does nothing. */
  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
  }
}
