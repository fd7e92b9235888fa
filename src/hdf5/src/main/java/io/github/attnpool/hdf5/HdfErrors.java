package io.github.attnpool.hdf5;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.MappedFile;
import io.github.attnpool.internal.io.Shown;
import java.util.function.Supplier;

/** Makes the library's exception of everything that jHDF throws at a file it cannot read. */
final class HdfErrors {
  private HdfErrors() {}

  /**
   * Runs something that reads a file.
   *
   * @throws AttnPoolException if it fails: the file is damaged, was cut, or is of an unknown kind
   */
  static <T> T translated(String operation, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (AttnPoolException e) {
      throw e;
    } catch (InternalError e) {
      throw MappedFile.cut(operation, e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AttnPoolException(
          operation,
          "the HDF5 file is damaged, or of a kind that is not read: " + Shown.text(reason(e)),
          e);
    }
  }

  /** The innermost message, which is the nearest to what is wrong. */
  private static String reason(Throwable e) {
    String reason = e.getClass().getSimpleName();
    Throwable cause = e;
    for (int i = 0; cause != null && i < 8; i++) {
      if (cause.getMessage() != null) {
        reason = cause.getMessage();
      }
      cause = cause.getCause();
    }
    return reason;
  }
}
