package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes safetensors files. */
public final class SafetensorsWriter {
  private static final long CHUNK = 1L << 30; // a ByteBuffer holds at most 2 GiB

  private SafetensorsWriter() {}

  /**
   * Writes a file under a temporary name beside {@code file}, then renames it: readers see the old
   * file or the whole new one.
   *
   * @param tensors in the order in which they are to stand
   * @param metadata texts for {@code __metadata__}; may be empty
   * @throws AttnPoolException if the file cannot be written, or tensors' names are not valid or not
   *     distinct; nothing is left behind then
   */
  public static void write(Path file, List<Tensor> tensors, Map<String, String> metadata) {
    Path target = file.toAbsolutePath();
    checkNames(file, tensors);
    if (Files.exists(target) && !Files.isRegularFile(target)) { // renaming would replace a device
      throw new AttnPoolException(
          "write " + file, Files.isDirectory(target) ? "is a directory" : "is not a regular file");
    }
    Path temporary = temporaryFor(target);
    boolean made = false;
    try (UnfinishedFile _ = new UnfinishedFile(temporary)) {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        made = true;
        writeFully(channel, ByteBuffer.wrap(header(tensors, metadata)));
        for (Tensor tensor : tensors) {
          writeData(channel, tensor.data());
        }
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      made = false;
    } catch (IOException e) {
      throw new AttnPoolException("write " + file, FileProblem.of(e), e);
    } finally {
      if (made) {
        delete(temporary);
      }
    }
  }

  private static void checkNames(Path file, List<Tensor> tensors) {
    Set<String> names = new HashSet<>();
    names.add(HeaderBytes.METADATA);
    for (Tensor tensor : tensors) {
      if (!UTF_8.newEncoder().canEncode(tensor.name())) {
        throw new AttnPoolException(
            "write " + file, "the name '" + Shown.text(tensor.name()) + "' is not valid Unicode");
      }
      if (!names.add(tensor.name())) {
        throw new AttnPoolException(
            "write " + file, "the name '" + Shown.text(tensor.name()) + "' is already taken");
      }
    }
  }

  /** Not Files.createTempFile, which would leave the result readable by its owner alone. */
  static Path temporaryFor(Path target) {
    String unique = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    return target.resolveSibling("." + target.getFileName() + "." + unique + ".tmp");
  }

  private static byte[] header(List<Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    HeaderBytes header = new HeaderBytes(metadata);
    for (Tensor tensor : tensors) {
      header.add(tensor.name(), tensor.type(), tensor.shape());
    }
    return header.finish();
  }

  private static void writeData(FileChannel channel, MemorySegment data) throws IOException {
    for (long offset = 0; offset < data.byteSize(); offset += CHUNK) {
      long size = Math.min(CHUNK, data.byteSize() - offset);
      writeFully(channel, bytes(data.asSlice(offset, size)));
    }
  }

  /** A heap segment over another array than byte[] has no byte buffer: copy that. */
  private static ByteBuffer bytes(MemorySegment data) {
    boolean viewable =
        data.isNative() || data.heapBase().filter(byte[].class::isInstance).isPresent();
    return viewable ? data.asByteBuffer() : ByteBuffer.wrap(data.toArray(JAVA_BYTE));
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** If that fails too, it is the first failure that counts. */
  static void delete(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException _) {
      // There is nothing left to try.
    }
  }
}
