package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.FileRegion;
import io.github.attnpool.internal.lifetime.Releases;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file whose format says where in it each tensor's elements are. */
final class ChannelTensorFile extends TensorFile {
  private final FileChannel channel;
  private final Releases owned; // what the format holds open
  private final Map<String, StoredTensor> stored = new LinkedHashMap<>();

  /** Of the sources of tensors that are not row-major; null until there is one. */
  private @Nullable Arena arena;

  private final Map<ByteSource, MemorySegment> sources = new HashMap<>();

  private ChannelTensorFile(Path path, FileChannel channel, Contents contents, Releases owned) {
    super(
        path,
        contents.format,
        contents.metadata,
        contents.tensors.stream().map(StoredTensor::info).toList(),
        contents.unreadable);
    this.channel = channel;
    this.owned = owned;
    contents.tensors.forEach(tensor -> stored.put(tensor.info().name(), tensor));
  }

  /** What a parser finds in a file. */
  record Contents(
      String format,
      Map<String, String> metadata,
      List<StoredTensor> tensors,
      Map<String, String> unreadable) {}

  /** Reads what describes a file's tensors. */
  interface Parser {
    /**
     * Parses a file.
     *
     * @param owned takes what must stay open as long as the file
     */
    Contents parse(FileRegion file, Releases owned) throws IOException;
  }

  static TensorFile open(Path path, Parser parser) {
    FileChannel channel = null;
    Releases owned = new Releases();
    boolean good = false;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      FileRegion file = new FileRegion(path, channel, 0, channel.size());
      TensorFile opened = new ChannelTensorFile(path, channel, parser.parse(file, owned), owned);
      good = true;
      return opened;
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    } catch (AttnPoolException e) {
      throw named(path, e);
    } finally {
      if (!good) {
        owned.close();
      }
      if (!good && channel != null) {
        close(path, channel);
      }
    }
  }

  @Override
  protected void readElements(TensorInfo tensor, long element, MemorySegment target)
      throws IOException {
    StoredTensor place = stored(tensor);
    if (place.isRowMajor()) {
      place.read(element, target);
    } else {
      place.gather(whole(place.source()), element, target);
    }
  }

  private StoredTensor stored(TensorInfo tensor) {
    StoredTensor place = stored.get(tensor.name());
    if (place == null) {
      throw new IllegalArgumentException(tensor.name());
    }
    return place;
  }

  /** All of a source; read once, because views of one may be many. */
  private synchronized MemorySegment whole(ByteSource source) throws IOException {
    MemorySegment bytes = sources.get(source);
    if (bytes == null) {
      if (arena == null) {
        arena = Arena.ofShared();
      }
      bytes = source.whole(arena);
      sources.put(source, bytes);
    }
    return bytes;
  }

  @Override
  MemorySegment elements(TensorInfo tensor, Arena owner) throws IOException {
    StoredTensor place = stored(tensor);
    if (place.isRowMajor()
        && place.stored().isPlain()
        && place.source() instanceof FileRegion file) {
      long begin = place.offset() * place.stored().bytes();
      return file.part(begin, tensor.byteSize()).whole(owner);
    }
    return super.elements(tensor, owner);
  }

  @Override
  public void close() {
    synchronized (this) {
      sources.clear();
      if (arena != null) {
        arena.close();
        arena = null;
      }
      owned.close();
    }
    close(path(), channel);
  }

  private static void close(Path path, FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AttnPoolException("close " + path, FileProblem.of(e), e);
    }
  }
}
