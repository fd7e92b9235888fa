package io.github.attnpool.hdf5;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.TensorSource;
import io.github.attnpool.internal.io.ByteSource;
import io.github.attnpool.internal.io.FileProblem;
import io.github.attnpool.internal.io.MemoryBytes;
import io.github.attnpool.internal.zip.ZipEntries;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A whole model of Keras 3: a zip archive that holds its weights as an HDF5 file. */
final class KerasArchive {
  private static final String WEIGHTS = "model.weights.h5";
  private static final byte[] MARK = {'P', 'K', 3, 4};
  private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

  private KerasArchive() {}

  /** Returns whether a file is one; throws nothing. */
  static boolean isOne(TensorSource source, byte[] head) {
    if (!Arrays.equals(head, 0, Math.min(MARK.length, head.length), MARK, 0, MARK.length)) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      return isOne("read " + source.name(), source.whole(arena));
    } catch (IOException | AttnPoolException _) {
      return false;
    }
  }

  /** Returns whether a file is one, from all of it. */
  static boolean isOne(String operation, MemorySegment archive) {
    MemorySegment mark = MemorySegment.ofArray(MARK);
    if (archive.byteSize() < MARK.length || archive.asSlice(0, MARK.length).mismatch(mark) >= 0) {
      return false;
    }
    try (ZipEntries entries = entries(operation, archive)) {
      return entries.contains(WEIGHTS);
    } catch (IOException | AttnPoolException _) {
      return false;
    }
  }

  private static ZipEntries entries(String operation, MemorySegment archive) throws IOException {
    return ZipEntries.read(operation, new MemoryBytes(operation, archive));
  }

  /**
   * Returns the HDF5 file in it.
   *
   * @throws AttnPoolException if it cannot be read or is too large for memory
   */
  static byte[] weights(String operation, MemorySegment archive) {
    try (ZipEntries entries = entries(operation, archive)) {
      ByteSource weights = entries.open(WEIGHTS);
      if (weights.size() > MAX_BYTES) {
        throw new AttnPoolException(
            operation, WEIGHTS + " in it has " + weights.size() + " bytes, too many");
      }
      return weights.bytes(0, (int) weights.size());
    } catch (IOException e) {
      throw new AttnPoolException(operation, FileProblem.of(e), e);
    }
  }
}
