package io.github.attnpool.batch;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.MappedFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A batch of sequences in a file of tensors, of any format that {@link TensorFile} reads. Rows are
 * mapped where the file holds them as they are wanted, else read into memory.
 *
 * <p>The rows are {@code x}, or {@code features} or {@code feats}, or the tensor that {@link
 * InputOptions} name: F32, BF16 or F16, or F64, which is rounded to F32 in a copy; padded [B,T,H]
 * or rows [N,H]. Rows are cut into sequences by {@code offsets} [B+1], or by {@code bags} [N], a
 * number for each row; without either they are one sequence. A padded x may have {@code lengths}
 * [B], integers, and {@code keep} [B,T], BOOL or integers with 1 = attend; with both, a row takes
 * part if both say so. {@code queries} [B,Q] are for layers that take them. {@code bias}, [B,T] or
 * [B,R,T] with padded x and [N] with rows, is added to the scores. {@code coords} say where the
 * rows lie. Any other tensor is left alone, but one whose name is nearly one of these is an error.
 *
 * <p>Use {@link SequencesStream} for a file larger than memory. Safe to use from any thread.
 */
public final class SequencesFile implements AutoCloseable {
  private static final Arguments ARGUMENTS = new Arguments("read sequences");

  private final Path path;
  private final Arena arena;
  private final Sequences sequences;
  private final BatchTensors batch;
  private final Optional<Coordinates> coordinates;
  private final Map<String, String> metadata;

  private SequencesFile(Path path, TensorFile file, InputOptions options, Arena arena) {
    this.path = path;
    this.arena = arena;
    this.batch = BatchTensors.of(file, options);
    this.sequences = new SequenceTensors(file, batch).read(arena);
    TensorInfo coords = batch.coords();
    this.coordinates =
        coords == null ? Optional.empty() : Optional.of(Coordinates.read(file, coords, arena));
    this.metadata = file.metadata();
  }

  /**
   * Opens a file with the usual names, as {@link #open(Path, InputOptions)}.
   *
   * @param path the input file
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read or does not hold a sound batch
   */
  public static SequencesFile open(Path path) {
    return open(path, InputOptions.DEFAULT);
  }

  /**
   * Opens a file and checks everything in it but the values of x and queries.
   *
   * @param path the input file
   * @param options what cannot be seen in the file
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read or does not hold a sound batch
   */
  public static SequencesFile open(Path path, InputOptions options) {
    ARGUMENTS.given("path", path);
    ARGUMENTS.given("options", options);
    Arena arena = Arena.ofShared();
    boolean good = false;
    try (TensorFile file = TensorFile.open(path)) {
      SequencesFile made = new SequencesFile(path, file, options, arena);
      good = true;
      return made;
    } catch (InternalError e) {
      // The JVM's report of a page that a mapped file no longer has.
      throw MappedFile.cut("read " + path, e);
    } finally {
      if (!good) {
        arena.close();
      }
    }
  }

  /** {@return the batch; its x lives until this file is closed} */
  public Sequences sequences() {
    return sequences;
  }

  /** {@return where the rows lie; empty where the file does not say it} */
  public Optional<Coordinates> coordinates() {
    return coordinates;
  }

  /**
   * {@return the number of a sequence's bag; empty where the file does not number bags}
   *
   * @param sequence 0 to B − 1
   */
  public OptionalLong bagNumber(int sequence) {
    BagRuns bags = batch.bags();
    return bags == null ? OptionalLong.empty() : OptionalLong.of(bags.number(sequence));
  }

  /** {@return the names of the file's tensors that are not used} */
  public List<String> ignoredTensors() {
    return batch.ignored();
  }

  /** {@return the file's key-value texts, such as the attributes of an HDF5 file} */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** {@return the file's path} */
  public Path path() {
    return path;
  }

  /** Frees the rows. Closing twice does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
