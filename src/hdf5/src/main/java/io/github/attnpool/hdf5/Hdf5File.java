package io.github.attnpool.hdf5;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.MappedFile;
import io.jhdf.HdfFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** An open HDF5 file. It is mapped; jHDF says what is where, and numbers are copied from there. */
final class Hdf5File extends TensorFile {
  private final Arena arena;
  private final HdfFile file;
  private final Map<String, StoredData> data;

  private Hdf5File(Path path, Arena arena, HdfFile file, Hdf5Contents contents) {
    super(path, Hdf5Format.NAME, contents.metadata(), contents.tensors(), contents.unreadable());
    this.arena = arena;
    this.file = file;
    this.data = contents.data();
  }

  /**
   * Opens a file and reads what describes its datasets.
   *
   * @throws AttnPoolException if it cannot be read, is damaged, or of a kind that is not read
   */
  static Hdf5File of(Path path) {
    Arena arena = Arena.ofShared();
    boolean good = false;
    try {
      MemorySegment bytes = MappedFile.map(path, arena);
      Hdf5File made =
          HdfErrors.translated(
              path,
              () -> {
                MemorySegment hdf5 = bytes;
                if (KerasArchive.isOne(
                    path, MappedFile.copy(bytes, 0, (int) Math.min(4, bytes.byteSize())))) {
                  hdf5 = MemorySegment.ofArray(KerasArchive.weights(path));
                }
                HdfFile file = file(path, hdf5);
                return new Hdf5File(path, arena, file, Hdf5Contents.read(file, hdf5));
              });
      good = true;
      return made;
    } finally {
      if (!good) {
        arena.close();
      }
    }
  }

  /** In memory, jHDF takes no more of it than the file has; but it can have at most 2 GiB there. */
  private static HdfFile file(Path path, MemorySegment bytes) {
    return bytes.byteSize() <= Integer.MAX_VALUE
        ? HdfFile.fromByteBuffer(bytes.asByteBuffer())
        : new HdfFile(path);
  }

  @Override
  protected void readElements(TensorInfo tensor, long element, MemorySegment target) {
    StoredData stored = Objects.requireNonNull(data.get(tensor.name()));
    long count = target.byteSize() / tensor.type().bytes();
    HdfErrors.translated(
        path(),
        () -> {
          synchronized (data) {
            stored.read(element, count, target);
          }
          return target;
        });
  }

  @Override
  public void close() {
    synchronized (data) {
      if (arena.scope().isAlive()) {
        file.close();
        arena.close();
      }
    }
  }
}
