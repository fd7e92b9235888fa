package io.github.attnpool.hdf5;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.format.TensorSource;
import io.github.attnpool.internal.io.FileProblem;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;

/** An open HDF5 file. It is mapped; jHDF says what is where, and numbers are copied from there. */
final class Hdf5File extends TensorFile {
  private final Arena arena;
  private final HdfFile file;
  private final Map<String, StoredData> data;

  private Hdf5File(TensorSource source, Arena arena, HdfFile file, Hdf5Contents contents) {
    super(source, Hdf5Format.NAME, contents.metadata(), contents.tensors(), contents.unreadable());
    this.arena = arena;
    this.file = file;
    this.data = contents.data();
  }

  /**
   * Opens a file and reads what describes its datasets.
   *
   * @throws AttnPoolException if it cannot be read, is damaged, or of a kind that is not read
   */
  static Hdf5File of(TensorSource source) {
    String operation = "read " + source.name();
    Arena arena = Arena.ofShared();
    boolean good = false;
    try {
      MemorySegment bytes = source.whole(arena);
      Hdf5File made =
          HdfErrors.translated(
              operation,
              () -> {
                MemorySegment hdf5 =
                    KerasArchive.isOne(operation, bytes)
                        ? MemorySegment.ofArray(KerasArchive.weights(operation, bytes))
                        : bytes;
                HdfFile file = file(source, hdf5);
                return new Hdf5File(source, arena, file, Hdf5Contents.read(file, hdf5));
              });
      good = true;
      return made;
    } catch (IOException e) {
      throw new AttnPoolException(operation, FileProblem.of(e), e);
    } finally {
      if (!good) {
        arena.close();
      }
    }
  }

  /** In memory, jHDF takes no more of it than the file has; but it can have at most 2 GiB there. */
  private static HdfFile file(TensorSource source, MemorySegment bytes) {
    if (bytes.byteSize() <= Integer.MAX_VALUE) {
      return HdfFile.fromByteBuffer(bytes.asByteBuffer());
    }
    return new HdfFile(
        source
            .path()
            .orElseThrow(
                () ->
                    new AttnPoolException(
                        "read " + source.name(),
                        "it has more than 2 GiB: open it as a file of this machine")));
  }

  @Override
  protected void readElements(TensorInfo tensor, long element, MemorySegment target) {
    StoredData stored = Objects.requireNonNull(data.get(tensor.name()));
    long count = target.byteSize() / tensor.type().bytes();
    HdfErrors.translated(
        "read " + name(),
        () -> {
          synchronized (data) {
            stored.read(element, count, target);
          }
          return target;
        });
  }

  @Override
  protected void release() {
    synchronized (data) {
      if (arena.scope().isAlive()) {
        file.close();
        arena.close();
      }
    }
  }
}
