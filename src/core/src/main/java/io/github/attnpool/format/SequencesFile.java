package io.github.attnpool.format;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.ElementType;
import io.github.attnpool.Sequences;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * A batch of sequences in a file, mapped: safetensors with {@code x}, or NumPy's {@code .npy}.
 *
 * <p>{@code x} is F32, BF16 or F16, padded [B,T,H] or rows [N,H]. Rows are cut into sequences by
 * {@code offsets} [B+1]; without it they are one sequence. A padded x may have {@code lengths} [B],
 * integers, and {@code keep} [B,T], BOOL or U8 with 1 = attend; with both, a row takes part if both
 * say so. A file with any other tensor is refused, so that a misspelt name cannot go unnoticed. In
 * {@code .npy} files F64, NumPy's default, is rounded to F32.
 */
public final class SequencesFile implements AutoCloseable {
  private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private final Path path;
  private final Arena arena = Arena.ofShared(); // of what is not in the safetensors mapping
  private SafetensorsFile safetensors;
  private Sequences sequences;

  private SequencesFile(Path path) {
    this.path = path;
  }

  /**
   * Maps a file and checks everything in it but the values of x.
   *
   * @throws AttnPoolException if it cannot be read or does not hold a sound batch
   */
  public static SequencesFile open(Path path) {
    SequencesFile file = new SequencesFile(path);
    boolean good = false;
    try {
      file.read();
      good = true;
      return file;
    } catch (InternalError e) {
      // The JVM's report of a page that a mapped file no longer has.
      throw new AttnPoolException("read " + path, "the file was cut short while it was read", e);
    } finally {
      if (!good) {
        file.close();
      }
    }
  }

  /** The batch; its x lives until this file is closed. */
  public Sequences sequences() {
    return sequences;
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  /** Unmaps the file. Closing twice does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
    if (safetensors != null) {
      safetensors.close();
    }
  }

  private void read() {
    Map<String, Tensor> tensors;
    if (isNpy()) {
      Tensor x = NpyFile.read(path, arena);
      tensors = Map.of(x.name(), x.type() == ElementType.F64 ? rounded(x) : x);
    } else {
      safetensors = SafetensorsFile.open(path);
      tensors = safetensors.tensors();
    }
    sequences = new SequenceTensors(path, tensors).read(arena);
  }

  private boolean isNpy() {
    if (path.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
      return true;
    }
    ByteBuffer start = ByteBuffer.allocate(NPY_MAGIC.length);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.read(start, 0);
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    }
    return Arrays.equals(start.array(), NPY_MAGIC);
  }

  private Tensor rounded(Tensor x) {
    return new Tensor(
        x.name(), ElementType.F32, x.shape(), arena.allocateFrom(JAVA_FLOAT, x.toFloatArray()));
  }
}
