package io.github.attnpool.internal.io;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Where a file is to be written: under a temporary name beside it, then renamed.
 *
 * @param named as the user knows it
 * @param place absolute; of a link, where it leads: renaming would replace the link
 */
public record TargetFile(Path named, Path place) {

  /**
   * A place where there is nothing yet, or a regular file to be replaced.
   *
   * @throws AttnPoolException if something else is there: renaming would replace a device
   */
  public static TargetFile of(Path named) {
    Path place = named.toAbsolutePath();
    if (Files.isSymbolicLink(place)) {
      try {
        place = place.toRealPath();
      } catch (IOException e) {
        throw new AttnPoolException("write " + named, "is a link that leads nowhere", e);
      }
    }
    if (Files.exists(place) && !Files.isRegularFile(place)) {
      throw new AttnPoolException(
          "write " + named, Files.isDirectory(place) ? "is a directory" : "is not a regular file");
    }
    return new TargetFile(named, place);
  }

  /** Not Files.createTempFile, which would leave the result readable by its owner alone. */
  public Path temporary() {
    String unique = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    return place.resolveSibling("." + place.getFileName() + "." + unique + ".tmp");
  }

  /** Gives a file that was written under a temporary name its own. */
  public void rename(Path temporary) throws IOException {
    Files.move(
        temporary, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** For a failure to write it. */
  public AttnPoolException problem(IOException e) {
    return new AttnPoolException("write " + named, FileProblem.of(e), e);
  }
}
