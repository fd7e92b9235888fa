package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.AnyMemory;
import io.github.attnpool.internal.io.ArrayCopy;
import io.github.attnpool.internal.io.FileLimits;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.MappedFile;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A file of named tensors, of any format that is known: safetensors, NumPy's {@code .npy} and
 * {@code .npz}, PyTorch's {@code .pt}, and those of the {@link TensorFormat}s on the module path.
 * Only what describes the tensors is read when a file is opened; elements are read when they are
 * asked for, whole or in parts. A file that is cut meanwhile gives an exception. Safe to use from
 * any thread.
 *
 * <p>A file that holds one array without a name has the tensor {@value #BARE}.
 */
public abstract class TensorFile implements AutoCloseable {
  /** Name of the tensor of a file that holds one array without a name. */
  public static final String BARE = "x";

  private static final Arguments OPENING = new Arguments("open");
  private static final int CHUNK = 1 << 16; // elements
  private static final int ALIGNMENT = 64; // bytes

  private final TensorSource source;
  private final String format;
  private final Map<String, String> metadata;
  private final Map<String, TensorInfo> tensors;
  private final Map<String, String> unreadable;

  /**
   * Describes the open file.
   *
   * @param source the file's bytes, which {@link #close} closes
   * @param format name of its format, as in {@link TensorFormat#name}
   * @param metadata the file's key-value texts
   * @param tensors of distinct names, in the file's order
   * @param unreadable names of tensors that are there but cannot be read, each with the reason, as
   *     the end of a sentence that begins with the tensor's name
   * @throws AttnPoolException if two have the same name
   */
  protected TensorFile(
      TensorSource source,
      String format,
      Map<String, String> metadata,
      Collection<TensorInfo> tensors,
      Map<String, String> unreadable) {
    this.source = source;
    this.format = format;
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    this.unreadable = Collections.unmodifiableMap(new LinkedHashMap<>(unreadable));
    Map<String, TensorInfo> byName = new LinkedHashMap<>();
    for (TensorInfo tensor : tensors) {
      if (byName.put(tensor.name(), tensor) != null) {
        throw bad("there are two tensors '" + Shown.text(tensor.name()) + "'");
      }
    }
    FileLimits.checkTensors(operation(), byName.size() + unreadable.size());
    this.tensors = Collections.unmodifiableMap(byName);
  }

  /**
   * Opens a file, whose format is recognised by what is in it, and reads what describes its
   * tensors. A file of another file system than the default one is read into memory.
   *
   * @param path the file
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read, is of no known format, or is not sound
   */
  public static TensorFile open(Path path) {
    return TensorFormats.open(TensorSource.of(OPENING.given("path", path)));
  }

  /**
   * Opens a file that is in memory, which is not copied and must stay open as long as this.
   *
   * @param bytes all of the file; {@code MemorySegment.ofArray} makes a segment of an array
   * @param name what messages call it
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it is of no known format, or is not sound
   */
  public static TensorFile open(MemorySegment bytes, String name) {
    return TensorFormats.open(
        TensorSource.of(OPENING.given("bytes", bytes), OPENING.given("name", name)));
  }

  /**
   * Opens a file that comes from a stream, a resource for example. It is read into memory.
   *
   * @param in read to its end, for the caller to close
   * @param name what messages call it
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read, has more than 2 GiB, is of no known format, or
   *     is not sound
   */
  public static TensorFile open(InputStream in, String name) {
    return TensorFormats.open(
        TensorSource.of(OPENING.given("in", in), OPENING.given("name", name)));
  }

  /** {@return the file's path, or what its bytes are called} */
  public final String name() {
    return source.name();
  }

  /** {@return the name of the file's format, for example {@code safetensors} or {@code pytorch}} */
  public final String format() {
    return format;
  }

  /** {@return the file's key-value texts; empty if it has none} */
  public final Map<String, String> metadata() {
    return metadata;
  }

  /** {@return the tensors by name, in the file's order} */
  public final Map<String, TensorInfo> tensors() {
    return tensors;
  }

  /**
   * {@return the names of tensors that are in the file but cannot be read, for example because they
   * are of complex numbers, each with the reason}
   */
  public final Map<String, String> unreadable() {
    return unreadable;
  }

  /**
   * {@return one tensor}
   *
   * @param name name of the tensor
   * @throws AttnPoolException if there is none of that name, listing those there are, or it cannot
   *     be read
   */
  public final TensorInfo tensor(String name) {
    TensorInfo tensor = tensors.get(arguments().given("name", name));
    if (tensor != null) {
      return tensor;
    }
    String reason = unreadable.get(name);
    throw bad(
        reason != null
            ? "tensor '" + Shown.text(name) + "' " + reason
            : "there is no tensor '%s', found %s"
                .formatted(Shown.text(name), Shown.names(tensors.keySet())));
  }

  /**
   * Reads consecutive elements, row-major, as many as the target holds.
   *
   * @param name of a tensor of this file
   * @param element index of the first
   * @param target native memory, filled with little-endian elements of the tensor's type
   * @throws AttnPoolException if the tensor does not have them, or they cannot be read, for example
   *     because the file was cut
   */
  public final void read(String name, long element, MemorySegment target) {
    TensorInfo tensor = tensor(name);
    long size = arguments().given("target", target).byteSize();
    // Compared as elements first: of a wild one, the bytes before it may be too many for a long.
    if (element < 0
        || element > tensor.elements()
        || size % tensor.type().bytes() != 0
        || size / tensor.type().bytes() > tensor.elements() - element) {
      throw bad(
          String.format(
              Locale.ROOT,
              "there are no %d bytes from element %d on in tensor '%s' %s",
              size,
              element,
              Shown.text(name),
              tensor.describe()));
    }
    arguments().usable("target", target);
    if (target.isReadOnly()) {
      throw bad("the memory of target must not be read-only");
    }
    try {
      AnyMemory.fill(target, memory -> readElements(tensor, element, memory));
    } catch (IOException e) {
      throw new AttnPoolException(operation(), FileProblem.of(e), e);
    } catch (AttnPoolException e) {
      throw named(operation(), e);
    } catch (InternalError e) {
      throw MappedFile.cut(operation(), e);
    }
  }

  /** What a tensor's exception does not know: the file. */
  static AttnPoolException named(String operation, AttnPoolException e) {
    return e.operation().startsWith("read ")
        ? e
        : new AttnPoolException(operation, e.getMessage(), e);
  }

  /**
   * Copies a tensor's values to the heap; F64 is rounded.
   *
   * @param name name of the tensor
   * @return the values, row-major
   * @throws AttnPoolException if there is no such tensor, its elements are not real numbers or too
   *     many for an array, or they cannot be read
   */
  public final float[] floats(String name) {
    TensorInfo tensor = tensor(name);
    float[] values = new float[arrayLength(tensor, TensorInfo::checkReal)];
    readChunks(
        tensor,
        (chunk, from, count) -> ArrayCopy.floats(chunk, tensor.type(), values, from, count));
    return values;
  }

  /**
   * Copies a tensor's values to the heap.
   *
   * @param name name of the tensor
   * @return the values, row-major
   * @throws AttnPoolException if there is no such tensor, its elements are not integers or too many
   *     for an array, or they cannot be read
   */
  public final long[] longs(String name) {
    TensorInfo tensor = tensor(name);
    long[] values = new long[arrayLength(tensor, TensorInfo::checkInteger)];
    readChunks(
        tensor,
        (chunk, from, count) -> {
          for (int i = 0; i < count; i++) {
            values[from + i] = ArrayCopy.integer(tensor.type(), chunk, i);
          }
        });
    return values;
  }

  /**
   * Gets a whole tensor in memory: mapped where the file holds its elements as they are wanted,
   * else read. Memory that is mapped fails, by an exception of the {@link Tensor} or by an {@link
   * InternalError} of whoever touches it, if the file is cut.
   *
   * @param name name of the tensor
   * @param arena owner of the memory, which may outlive this file
   * @return the tensor; its memory is read-only
   * @throws AttnPoolException if there is no such tensor, or it cannot be read
   */
  public final Tensor load(String name, Arena arena) {
    TensorInfo tensor = tensor(name);
    arguments().open(arena);
    try {
      return new Tensor(tensor, elements(tensor, arena).asReadOnly());
    } catch (IOException e) {
      throw new AttnPoolException(operation(), FileProblem.of(e), e);
    } catch (WrongThreadException e) {
      throw new AttnPoolException(operation(), "the arena belongs to another thread", e);
    }
  }

  /** Returns a tensor's elements in memory of the arena. */
  MemorySegment elements(TensorInfo tensor, Arena arena) throws IOException {
    MemorySegment data =
        arguments().allocate("tensor " + tensor.name(), tensor.byteSize(), arena, ALIGNMENT);
    read(tensor.name(), 0, data);
    return data;
  }

  /**
   * Reads consecutive elements, row-major and little-endian.
   *
   * @param tensor of this file
   * @param element index of the first
   * @param target to be filled, of a size that was checked
   * @throws IOException if the file cannot be read
   */
  protected abstract void readElements(TensorInfo tensor, long element, MemorySegment target)
      throws IOException;

  private interface Check {
    void run(TensorInfo tensor);
  }

  private int arrayLength(TensorInfo tensor, Check check) {
    try {
      check.run(tensor);
      return tensor.arrayLength();
    } catch (AttnPoolException e) {
      throw named(operation(), e);
    }
  }

  private interface Chunk {
    void take(MemorySegment chunk, int from, int count);
  }

  private void readChunks(TensorInfo tensor, Chunk target) {
    long bytes = tensor.type().bytes();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.min(CHUNK, tensor.elements()) * bytes, ALIGNMENT);
      for (long done = 0; done < tensor.elements(); done += CHUNK) {
        int count = (int) Math.min(CHUNK, tensor.elements() - done);
        MemorySegment chunk = buffer.asSlice(0, count * bytes);
        read(tensor.name(), done, chunk);
        target.take(chunk, (int) done, count);
      }
    }
  }

  private Arguments arguments() {
    return new Arguments(operation());
  }

  private AttnPoolException bad(String problem) {
    return new AttnPoolException(operation(), problem);
  }

  private String operation() {
    return "read " + source.name();
  }

  /** Frees what the format holds beside the file; called by each {@link #close}. */
  protected abstract void release();

  /** Closes the file. Closing twice does nothing. */
  @Override
  public final void close() {
    try {
      release();
    } finally {
      source.close();
    }
  }
}
