package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.AnyMemory;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.io.TargetFile;
import io.github.attnpool.internal.io.UnfinishedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a safetensors file of F32 tensors in parts, in any order, and reads them back: for results
 * larger than memory. What is never written is 0. The file has a temporary name until it is {@link
 * #finish finished}; closed before that, or if the JVM is ended by a signal, it is deleted.
 */
public final class PartsWriter implements AutoCloseable {
  private static final Arguments ARGUMENTS = new Arguments("write safetensors");
  private static final long PIECE = 1L << 30; // a ByteBuffer holds at most 2 GiB

  private final TargetFile target;
  private final Path temporary;
  private final UnfinishedFile unfinished;
  private final FileChannel channel;
  private final Map<String, Place> places = new HashMap<>();
  private boolean finished;

  /** Where a tensor's data are, and what it is, for messages. */
  private record Place(long begin, long elements, String described) {}

  private PartsWriter(
      TargetFile target, Path temporary, FileChannel channel, UnfinishedFile unfinished) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
    this.unfinished = unfinished;
  }

  /**
   * Makes the file under a temporary name beside {@code file}. A link stays; the file that it leads
   * to is replaced.
   *
   * @param file where the file will be
   * @param shapes of the tensors, by name, in the order in which they are to stand
   * @param metadata texts for {@code __metadata__}; may be empty
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be made, for example because there is a directory or a
   *     device of that name, or shapes are too large for a file
   */
  public static PartsWriter create(
      Path file, Map<String, long[]> shapes, Map<String, String> metadata) {
    ARGUMENTS.given("file", file);
    ARGUMENTS.allGiven("shapes", shapes);
    ARGUMENTS.allGiven("metadata", metadata);
    TargetFile target = TargetFile.of(file);
    Path temporary = target.temporary();
    UnfinishedFile unfinished = new UnfinishedFile(temporary);
    PartsWriter writer = null;
    try {
      FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      writer = new PartsWriter(target, temporary, channel, unfinished);
      writer.writeHeader(shapes, metadata);
      return writer;
    } catch (IOException | RuntimeException e) {
      if (writer != null) {
        writer.close();
      } else {
        unfinished.close();
      }
      throw e instanceof IOException io ? target.problem(io) : (RuntimeException) e;
    }
  }

  private void writeHeader(Map<String, long[]> shapes, Map<String, String> metadata)
      throws IOException {
    HeaderBytes header = new HeaderBytes(metadata);
    long[] begins = new long[shapes.size()]; // in the data
    int i = 0;
    for (Map.Entry<String, long[]> shape : shapes.entrySet()) {
      begins[i++] = header.add(shape.getKey(), ElementType.F32, shape.getValue());
    }
    byte[] bytes = header.finish();
    long end = bytes.length;
    i = 0;
    for (Map.Entry<String, long[]> shape : shapes.entrySet()) {
      long size = TensorInfo.byteSize(shape.getKey(), ElementType.F32, shape.getValue());
      long begin = bytes.length + begins[i++];
      String described = TensorInfo.describe(ElementType.F32, shape.getValue());
      places.put(shape.getKey(), new Place(begin, size / Float.BYTES, described));
      end = Math.max(end, begin + size);
    }
    if (end > bytes.length) {
      channel.write(ByteBuffer.allocate(1), end - 1); // the size it will have; what is between is 0
    }
    SafetensorsWriter.writeFully(channel, ByteBuffer.wrap(bytes));
  }

  /**
   * Writes consecutive elements.
   *
   * @param name of a tensor of this file
   * @param element index of the first
   * @param data F32, native memory
   * @throws AttnPoolException if the tensor has no place for them, or they cannot be written
   */
  public void write(String name, long element, MemorySegment data) {
    ARGUMENTS.given("name", name);
    ARGUMENTS.usable("data", ARGUMENTS.given("data", data));
    long at = place(name, element, data.byteSize());
    try {
      AnyMemory.drain(
          data, memory -> transfer(memory, at, (piece, to) -> channel.write(piece, to)));
    } catch (IOException e) {
      throw this.target.problem(e);
    }
  }

  /**
   * Reads elements that were written before.
   *
   * @param name name of the tensor
   * @param element index of the first element to read
   * @param target native memory, filled
   */
  public void read(String name, long element, MemorySegment target) {
    ARGUMENTS.given("name", name);
    ARGUMENTS.usable("target", ARGUMENTS.given("target", target));
    ARGUMENTS.must(!target.isReadOnly(), () -> "the memory of target must not be read-only");
    long at = place(name, element, target.byteSize());
    try {
      AnyMemory.fill(
          target, memory -> transfer(memory, at, (piece, from) -> channel.read(piece, from)));
    } catch (IOException e) {
      throw this.target.problem(e);
    }
  }

  private long place(String name, long element, long bytes) {
    Place place = places.get(name);
    // Compared as elements first: of a wild one, the bytes before it may be too many for a long.
    if (place == null
        || element < 0
        || element > place.elements
        || bytes > (place.elements - element) * Float.BYTES) {
      throw bad(
          String.format(
              Locale.ROOT,
              "there is no place for %d bytes from element %d on in tensor '%s'%s",
              bytes,
              element,
              Shown.text(name),
              place == null ? "" : " " + place.described));
    }
    return place.begin + element * Float.BYTES;
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException("write " + target.named(), problem);
  }

  private interface Transfer {
    int run(ByteBuffer piece, long at) throws IOException;
  }

  private void transfer(MemorySegment memory, long at, Transfer transfer) throws IOException {
    for (long done = 0; done < memory.byteSize(); done += PIECE) {
      long size = Math.min(PIECE, memory.byteSize() - done);
      ByteBuffer piece = memory.asSlice(done, size).asByteBuffer();
      while (piece.hasRemaining()) {
        if (transfer.run(piece, at + done + piece.position()) < 0) {
          throw bad("the file was cut short meanwhile");
        }
      }
    }
  }

  /**
   * Gives the file its name. It can still be read until it is closed.
   *
   * @throws AttnPoolException if it cannot be named so
   */
  public void finish() {
    try {
      target.rename(temporary);
      finished = true;
    } catch (IOException e) {
      throw target.problem(e);
    }
  }

  /** Closes the file, and deletes it unless it is finished. Closing twice does nothing. */
  @Override
  public void close() {
    try (unfinished;
        channel) {
      if (!finished) {
        UnfinishedFile.delete(temporary);
        finished = true;
      }
    } catch (IOException e) {
      throw target.problem(e);
    }
  }
}
