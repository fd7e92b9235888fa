package io.github.attnpool.format;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.FileRegion;
import io.github.attnpool.internal.lifetime.Releases;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file whose format says where in it each tensor's elements are. */
final class StoredTensorFile extends TensorFile {
  private final Releases owned; // what the format holds open
  private final Map<String, StoredTensor> stored = new LinkedHashMap<>();

  /** Of the sources of tensors that are not row-major; null until there is one. */
  private @Nullable Arena arena;

  private final Map<ByteSource, MemorySegment> sources = new HashMap<>();

  private StoredTensorFile(TensorSource source, Contents contents, Releases owned) {
    super(
        source,
        contents.format,
        contents.metadata,
        contents.tensors.stream().map(StoredTensor::info).toList(),
        contents.unreadable);
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
     * @param operation what exceptions begin with
     * @param owned takes what must stay open as long as the file
     */
    Contents parse(String operation, ByteSource file, Releases owned) throws IOException;
  }

  static TensorFile open(TensorSource source, Parser parser) {
    String operation = "read " + source.name();
    Releases owned = new Releases();
    boolean good = false;
    try {
      Contents contents = parser.parse(operation, source.bytes(), owned);
      TensorFile opened = new StoredTensorFile(source, contents, owned);
      good = true;
      return opened;
    } catch (IOException e) {
      throw new AttnPoolException(operation, FileProblem.of(e), e);
    } catch (AttnPoolException e) {
      throw named(operation, e);
    } finally {
      if (!good) {
        owned.close();
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
    Optional<FileRegion> file = place.source().region();
    if (file.isPresent() && place.isRowMajor() && place.stored().isPlain()) {
      long begin = place.offset() * place.stored().bytes();
      return file.get().part(begin, tensor.byteSize()).whole(owner);
    }
    return super.elements(tensor, owner);
  }

  @Override
  protected synchronized void release() {
    sources.clear();
    if (arena != null) {
      arena.close();
      arena = null;
    }
    owned.close();
  }
}
