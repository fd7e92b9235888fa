package io.github.attnpool.hdf5;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A whole model of Keras 3: a zip archive that holds its weights as an HDF5 file. */
final class KerasArchive {
  private static final String WEIGHTS = "model.weights.h5";
  private static final long MAX_BYTES = Integer.MAX_VALUE - 8;
  private static final long MAX_RATIO = 1032; // of deflate

  private KerasArchive() {}

  /** Returns whether a file is one; throws nothing. */
  static boolean isOne(Path path, byte[] head) {
    if (head.length < 4 || head[0] != 'P' || head[1] != 'K' || head[2] != 3 || head[3] != 4) {
      return false;
    }
    try (ZipFile archive = new ZipFile(path.toFile())) {
      return archive.getEntry(WEIGHTS) != null;
    } catch (IOException | RuntimeException _) {
      return false;
    }
  }

  /**
   * Returns the HDF5 file in it.
   *
   * @throws AttnPoolException if it cannot be read or is too large for memory
   */
  static byte[] weights(Path path) {
    try (ZipFile archive = new ZipFile(path.toFile())) {
      ZipEntry entry = archive.getEntry(WEIGHTS);
      if (entry == null) {
        throw bad(path, "there is no " + WEIGHTS + " in it");
      }
      long size = entry.getSize();
      if (size > MAX_BYTES || size / MAX_RATIO > entry.getCompressedSize()) {
        throw bad(path, WEIGHTS + " in it has " + size + " bytes, too many");
      }
      try (InputStream in = archive.getInputStream(entry)) {
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size || in.read() >= 0) {
          throw bad(path, WEIGHTS + " in it does not have the size that the archive says");
        }
        return bytes;
      }
    } catch (IOException e) {
      throw new AttnPoolException("read " + path, FileProblem.of(e), e);
    } catch (IllegalArgumentException e) { // a name that is no text
      throw new AttnPoolException("read " + path, "the archive is damaged", e);
    }
  }

  private static AttnPoolException bad(Path path, String problem) {
    return new AttnPoolException("read " + path, problem);
  }
}
