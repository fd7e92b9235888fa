package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of tensors, safetensors or {@code .npy}, that are read in parts into the caller's memory:
 * for files larger than memory, and for readers who want an exception wherever a file is cut. Only
 * while it is opened is the file mapped, for its header. Safe to read from any thread.
 */
public final class TensorFile implements AutoCloseable {
  private static final long PIECE = 1L << 30; // a ByteBuffer holds at most 2 GiB

  private final Path path;
  private final FileChannel channel;
  private final Map<String, Tensor> tensors;
  private final Map<String, Long> places;

  private TensorFile(
      Path path, FileChannel channel, Map<String, Tensor> tensors, Map<String, Long> places) {
    this.path = path;
    this.channel = channel;
    this.tensors = tensors;
    this.places = places;
  }

  /**
   * Opens a file and reads its header.
   *
   * @param path the file
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read, or its header is not sound or does not fit its
   *     size
   */
  public static TensorFile open(Path path) {
    try {
      long size = Files.size(path);
      if (NpyFile.isNpy(path)) {
        try (Arena arena = Arena.ofConfined()) {
          Tensor array = NpyFile.read(path, arena);
          return open(path, size, Map.of(array.name(), array));
        }
      }
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        return open(path, size, file.tensors());
      }
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    }
  }

  private static TensorFile open(Path path, long size, Map<String, Tensor> mapped)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(mapped);
    Map<String, Long> places = places(tensors, size);
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    if (channel.size() != size) {
      channel.close();
      throw new AttnPoolException("read " + path, "the file was changed while it was read");
    }
    return new TensorFile(path, channel, tensors, places);
  }

  /** In both formats the tensors' data fill the end of the file without a hole. */
  private static Map<String, Long> places(Map<String, Tensor> tensors, long size) {
    long bytes = 0;
    long first = Long.MAX_VALUE;
    for (Tensor tensor : tensors.values()) {
      bytes += tensor.data().byteSize();
      first = Math.min(first, tensor.data().address());
    }
    Map<String, Long> places = new LinkedHashMap<>();
    for (Tensor tensor : tensors.values()) {
      places.put(tensor.name(), size - bytes + (tensor.data().address() - first));
    }
    return places;
  }

  /**
   * {@return the tensors' types and shapes by name, in the file's order} Their memory is closed:
   * {@link #read} gets the elements.
   */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** {@return the file's path} */
  public Path path() {
    return path;
  }

  /**
   * Reads consecutive elements, as many as the target holds.
   *
   * @param name of a tensor of this file
   * @param element index of the first
   * @param target native memory, filled with the bytes as they are in the file
   * @throws AttnPoolException if the tensor does not have them, or they cannot be read, for example
   *     because the file was cut
   */
  public void read(String name, long element, MemorySegment target) {
    long size = target.byteSize();
    long from = place(name, element, size);
    try {
      for (long done = 0; done < size; done += PIECE) {
        fill(target.asSlice(done, Math.min(PIECE, size - done)), from + done);
      }
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    }
  }

  /** Where elements are in the file. */
  private long place(String name, long element, long size) {
    Tensor tensor = tensors.get(name);
    Long place = places.get(name);
    // Compared as elements first: of a wild one, the bytes before it may be too many for a long.
    if (tensor == null
        || place == null
        || element < 0
        || element > tensor.elements()
        || size > (tensor.elements() - element) * tensor.type().bytes()) {
      throw new AttnPoolException(
          "read " + path,
          "there are no %d bytes from element %d on in tensor '%s'%s"
              .formatted(
                  size, element, Shown.text(name), tensor == null ? "" : " " + tensor.describe()));
    }
    return place + element * tensor.type().bytes();
  }

  private void fill(MemorySegment piece, long at) throws IOException {
    ByteBuffer bytes = piece.asByteBuffer();
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new AttnPoolException("read " + path, "the file was cut short while it was read");
      }
    }
  }

  /** Closes the file. Closing twice does nothing. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AttnPoolException("close " + path, FileProblem.of(e), e);
    }
  }
}
