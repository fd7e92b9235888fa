package io.github.attnpool.internal.io;

import io.github.attnpool.AttnPoolException;
import java.util.Locale;

/** Limits on what a file may hold, so that none keeps its reader busy for long. */
public final class FileLimits {
  private static final String TENSORS = "attnpool.maxTensors";
  private static final int MOST_TENSORS = 100_000;

  private FileLimits() {}

  /**
   * Fails if there are too many tensors, or entries of an archive.
   *
   * @param operation what the exception begins with
   */
  public static void checkTensors(String operation, int count) {
    int most = Integer.getInteger(TENSORS, MOST_TENSORS);
    if (count > most) {
      throw new AttnPoolException(
          operation,
          String.format(
              Locale.ROOT,
              "it has more than %d tensors; the system property %s sets the limit",
              most,
              TENSORS));
    }
  }
}
