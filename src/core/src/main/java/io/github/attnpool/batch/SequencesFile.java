package io.github.attnpool.batch;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.io.MappedFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * A batch of sequences in a file of tensors, mapped where that can be: one with {@code x}.
 *
 * <p>{@code x} is F32, BF16 or F16, or F64, which is rounded to F32 in a copy; padded [B,T,H] or
 * rows [N,H]. Rows are cut into sequences by {@code offsets} [B+1]; without it they are one
 * sequence. A padded x may have {@code lengths} [B], integers, and {@code keep} [B,T], BOOL or U8
 * with 1 = attend; with both, a row takes part if both say so. {@code queries} [B,Q], of any real
 * type, are for layers that take them. A file with any other tensor is refused, so that a misspelt
 * name cannot go unnoticed.
 *
 * <p>Use {@link SequencesStream} for a file larger than memory. Safe to use from any thread.
 */
public final class SequencesFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final Sequences sequences;

  private SequencesFile(Path path, Arena arena, Sequences sequences) {
    this.path = path;
    this.arena = arena;
    this.sequences = sequences;
  }

  /**
   * Maps a file, or reads it where its rows are not stored one after the other, and checks
   * everything in it but the values of x.
   *
   * @param path the input file
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read or does not hold a sound batch
   */
  public static SequencesFile open(Path path) {
    Arena arena = Arena.ofShared();
    boolean good = false;
    try (TensorFile file = TensorFile.open(path)) {
      Sequences sequences = new SequenceTensors(file).read(arena);
      good = true;
      return new SequencesFile(path, arena, sequences);
    } catch (InternalError e) {
      // The JVM's report of a page that a mapped file no longer has.
      throw MappedFile.cut(path, e);
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

  /** {@return the file's path} */
  public Path path() {
    return path;
  }

  /** Unmaps the file. Closing twice does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
