package io.github.attnpool.batch;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.internal.arguments.Arguments;
import io.github.attnpool.internal.io.MappedFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A batch of sequences in a file, as in {@link SequencesFile}, read in chunks. It takes the memory
 * of the caller's {@link RowChunk}s, however large the file is. A file that is cut meanwhile gives
 * an exception. Masked rows are left out.
 *
 * <p>Not thread-safe: one thread at a time. {@link #clearMasked} may run beside {@link #read}.
 */
public final class SequencesStream implements AutoCloseable {
  private static final Arguments ARGUMENTS = new Arguments("read sequences");

  private final Path path;
  private final TensorFile file;
  private final BatchTensors batch;
  private final Arena arena = Arena.ofShared();
  private final ChunkPlanner planner;
  private final ChunkReader reader;
  private final @Nullable KeepWindow cleared; // null without a mask

  private SequencesStream(Path path, TensorFile file, InputOptions options) {
    this.path = path;
    this.file = file;
    this.batch = BatchTensors.of(file, options);
    this.planner = new ChunkPlanner(file, batch, arena);
    this.reader = new ChunkReader(file, batch, arena);
    this.cleared = batch.keep() == null ? null : new KeepWindow(file, batch.keep(), arena);
  }

  /**
   * Opens a file with the usual names, as {@link #open(Path, InputOptions)}.
   *
   * @param path the input file
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read or does not hold a sound batch
   */
  public static SequencesStream open(Path path) {
    return open(path, InputOptions.DEFAULT);
  }

  /**
   * Opens a file and checks everything in it but the values of mask, bias, queries and x.
   *
   * @param path the input file
   * @param options what cannot be seen in the file
   * @return the open file, for the caller to close
   * @throws AttnPoolException if it cannot be read or does not hold a sound batch
   */
  public static SequencesStream open(Path path, InputOptions options) {
    ARGUMENTS.given("path", path);
    ARGUMENTS.given("options", options);
    TensorFile file = TensorFile.open(path);
    SequencesStream stream = null;
    boolean good = false;
    try {
      stream = new SequencesStream(path, file, options);
      stream.planner.check();
      good = true;
      return stream;
    } finally {
      if (!good && stream != null) {
        stream.close();
      } else if (!good) {
        file.close();
      }
    }
  }

  /** {@return the file's path} */
  public Path path() {
    return path;
  }

  /** {@return the type of the rows in a chunk: that of x, but F32 for F64} */
  public ElementType type() {
    return batch.rowType();
  }

  /** {@return B, the number of sequences} */
  public int batch() {
    return batch.batch();
  }

  /** {@return whether x is padded, [B,T,H]} */
  public boolean isPadded() {
    return batch.padded();
  }

  /** {@return T, the positions of every sequence of a padded batch; −1 if ragged} */
  public long steps() {
    return batch.steps();
  }

  /** {@return the number of positions, padding included: B·T or N} */
  public long positions() {
    return batch.positions();
  }

  /** {@return H, the values in a row} */
  public int width() {
    return batch.width();
  }

  /** {@return Q, the values in a query; 0 if there are none} */
  public int queryWidth() {
    return batch.queries() == null ? 0 : (int) batch.queries().dim(1);
  }

  /**
   * {@return how many heads the bias has values for: 1 if it is the same for all, 0 if there is
   * none}
   */
  public int biasHeads() {
    return batch.biasHeads();
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

  /** {@return the bytes of a row in the file, with the columns that are not used} */
  public long storedRowBytes() {
    return batch.storedRowBytes();
  }

  /**
   * Allocates a chunk, with room for a part of this batch.
   *
   * @param rows that fit in; where parts of a sequence are to give the bits of the whole, a
   *     multiple of {@link io.github.attnpool.AttentionPooling#blockRows}
   * @param sequences that fit in
   * @param arena owner of the memory
   * @return an empty chunk
   * @throws AttnPoolException if one is not positive
   */
  public RowChunk newChunk(int rows, int sequences, Arena arena) {
    if (rows < 1 || sequences < 1) {
      throw RowChunk.ARGUMENTS.bad(
          String.format(
              Locale.ROOT,
              "room for %d rows of %d sequences, must be at least 1",
              rows,
              sequences));
    }
    RowChunk.ARGUMENTS.open(arena);
    return new RowChunk(this, rows, sequences, arena);
  }

  /**
   * Fills a chunk with the next rows. All chunks of a stream must be of one size.
   *
   * @param chunk overwritten
   * @return false if there are none left
   * @throws AttnPoolException if the file cannot be read, for example because it was cut, or its
   *     mask is not sound
   */
  public boolean read(RowChunk chunk) {
    ARGUMENTS.given("chunk", chunk).checkTakes(this);
    checkOpen();
    if (!planner.plan(chunk)) {
      return false;
    }
    reader.read(chunk);
    return true;
  }

  /**
   * Sets to 0 the values of positions that the keep mask leaves out.
   *
   * @param values F32, of consecutive positions
   * @param position of the first
   */
  public void clearMasked(MemorySegment values, long position) {
    ARGUMENTS.given("values", values);
    long count = values.byteSize() / Float.BYTES;
    ARGUMENTS.must(
        position >= 0 && position <= positions() && count <= positions() - position,
        () ->
            String.format(
                Locale.ROOT,
                "there are no %d positions from position %d on, must be within %d",
                count,
                position,
                positions()));
    ARGUMENTS.usable("values", values);
    ARGUMENTS.must(!values.isReadOnly(), () -> "the memory of values must not be read-only");
    checkOpen();
    try {
      clear(values, position, position + count);
    } catch (InternalError e) {
      throw MappedFile.cut("write values", e);
    }
  }

  private void clear(MemorySegment values, long position, long end) {
    if (cleared == null) {
      return;
    }
    for (long at = cleared.next(position, end, 0); at < end; ) {
      long kept = cleared.next(at, end, 1);
      values.asSlice((at - position) * Float.BYTES, (kept - at) * Float.BYTES).fill((byte) 0);
      at = cleared.next(kept, end, 0);
    }
  }

  private void checkOpen() {
    ARGUMENTS.must(arena.scope().isAlive(), () -> path + " is closed");
  }

  /** Closes the file. Closing twice does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
    file.close();
  }
}
