package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.io.TargetFile;
import io.github.attnpool.internal.io.UnfinishedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes safetensors files. */
public final class SafetensorsWriter {
  private static final Arguments ARGUMENTS = new Arguments("write safetensors");
  private static final long CHUNK = 1L << 30; // a ByteBuffer holds at most 2 GiB

  private SafetensorsWriter() {}

  /**
   * Writes a file under a temporary name beside {@code file}, then renames it: readers see the old
   * file or the whole new one. A link stays; the file that it leads to is replaced.
   *
   * @param file where the file will be
   * @param tensors in the order in which they are to stand
   * @param metadata texts for {@code __metadata__}; may be empty
   * @throws AttnPoolException if the file cannot be written, for example because there is a
   *     directory or a device of that name, or tensors' names are not valid or not distinct;
   *     nothing is left behind then
   */
  public static void write(Path file, List<Tensor> tensors, Map<String, String> metadata) {
    ARGUMENTS.given("file", file);
    ARGUMENTS.allGiven("tensors", tensors);
    ARGUMENTS.allGiven("metadata", metadata);
    checkNames(file, tensors);
    for (Tensor tensor : tensors) {
      ARGUMENTS.usable("tensor '" + Shown.text(tensor.name()) + "'", tensor.data());
    }
    TargetFile target = TargetFile.of(file);
    Path temporary = target.temporary();
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
      target.rename(temporary);
      made = false;
    } catch (IOException e) {
      throw target.problem(e);
    } finally {
      if (made) {
        UnfinishedFile.delete(temporary);
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
}
