package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * A safetensors file, memory-mapped for reading. The tensors' data live until the file is closed.
 * Safe to read from any thread.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final SafetensorsHeader header;

  private SafetensorsFile(Path path, Arena arena, SafetensorsHeader header) {
    this.path = path;
    this.arena = arena;
    this.header = header;
  }

  /**
   * Maps a file and reads its header.
   *
   * @throws AttnPoolException if it cannot be read, or its header is not sound: every offset, size
   *     and overlap is checked before any data is touched
   */
  public static SafetensorsFile open(Path path) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new SafetensorsFile(path, arena, SafetensorsHeader.parse(path, bytes));
    } catch (IOException e) {
      arena.close();
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    } catch (InternalError e) {
      arena.close();
      throw cut(path, e);
    } catch (AttnPoolException e) {
      arena.close();
      throw e;
    }
  }

  /** The tensors in the file's order, by name. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(header.tensors());
  }

  /** The file's own key-value texts ({@code __metadata__}); empty if it has none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /**
   * One tensor.
   *
   * @throws AttnPoolException if there is none of that name, listing those there are
   */
  public Tensor tensor(String name) {
    Tensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new AttnPoolException(
          "read " + path,
          "there is no tensor '"
              + name
              + "', found "
              + String.join(", ", header.tensors().keySet()));
    }
    return tensor;
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  /**
   * Copies a tensor's values to the heap.
   *
   * @throws AttnPoolException also if the file was cut while it was mapped
   */
  public float[] floats(String name) {
    try {
      return tensor(name).toFloatArray();
    } catch (InternalError e) {
      throw cut(path, e);
    }
  }

  /** Unmaps the file. Closing twice does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  private static AttnPoolException cut(Path path, InternalError e) {
    // The JVM reports a page that a mapped file no longer has as an InternalError.
    return new AttnPoolException("read " + path, "the file was cut short while it was read", e);
  }

  /** The first bytes of a mapped file, copied. */
  static byte[] copy(MemorySegment bytes, long offset, int length) {
    return bytes.asSlice(offset, length).toArray(JAVA_BYTE);
  }
}
