package io.github.attnpool.internal.io;

import io.github.attnpool.AttnPoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Where a file is to be written: under a temporary name beside it, then renamed, so that nobody
 * sees half a file.
 *
 * @param named as the user knows it
 * @param place absolute; of a link, where it leads: renaming would replace the link
 */
public record TargetFile(Path named, Path place) {

  /**
   * Returns a place where there is nothing yet, or a regular file to be replaced.
   *
   * @throws AttnPoolException if something else is there: renaming would replace a device
   */
  public static TargetFile of(Path named) {
    Path place = named.toAbsolutePath();
    if (Files.isSymbolicLink(place)) {
      try {
        place = place.toRealPath();
      } catch (IOException e) {
        throw problem(named, "is a link that leads nowhere", e);
      }
    }
    if (Files.exists(place) && !Files.isRegularFile(place)) {
      throw problem(named, Files.isDirectory(place) ? "is a directory" : "is not a regular file");
    }
    return new TargetFile(named, place);
  }

  /**
   * As {@link #of}, and checks by a probe that a file can be made there. What is there stays as it
   * is.
   *
   * @throws AttnPoolException if it cannot
   */
  public static TargetFile probed(Path named) {
    TargetFile target = of(named);
    Path folder = target.place.resolveSibling("");
    if (!Files.isDirectory(folder)) {
      throw problem(named, "there is no directory " + folder);
    }
    try {
      Files.delete(Files.createTempFile(folder, ".attnpool-", ".probe"));
    } catch (IOException e) {
      throw problem(named, "no file can be made in " + folder + ": " + FileProblem.of(e), e);
    }
    return target;
  }

  /**
   * Returns whether a path leads to the same file, which must then not be overwritten.
   *
   * @throws AttnPoolException if the two cannot be compared
   */
  public boolean isSameAs(Path other) {
    try {
      return Files.exists(place) && Files.exists(other) && Files.isSameFile(place, other);
    } catch (IOException e) {
      throw problem(named, "cannot be compared with " + other, e);
    }
  }

  /** Returns a new name. Not by Files.createTempFile: only its owner could read the result. */
  public Path temporary() {
    String unique = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    return place.resolveSibling("." + place.getFileName() + "." + unique + ".tmp");
  }

  /** Gives a file that was written under a temporary name its own. */
  public void rename(Path temporary) throws IOException {
    Files.move(
        temporary, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Writes a text file.
   *
   * @throws AttnPoolException if it cannot be written; nothing is left behind then
   */
  public void write(String text) {
    Path temporary = temporary();
    boolean renamed = false;
    try (UnfinishedFile _ = new UnfinishedFile(temporary)) {
      Files.writeString(temporary, text, StandardOpenOption.CREATE_NEW);
      rename(temporary);
      renamed = true;
    } catch (IOException e) {
      throw problem(e);
    } finally {
      if (!renamed) {
        UnfinishedFile.delete(temporary);
      }
    }
  }

  /** Returns the exception for a failure to write the file. */
  public AttnPoolException problem(IOException e) {
    return problem(named, FileProblem.of(e), e);
  }

  private static AttnPoolException problem(Path named, String problem) {
    return new AttnPoolException("write " + named, problem);
  }

  private static AttnPoolException problem(Path named, String problem, IOException cause) {
    return new AttnPoolException("write " + named, problem, cause);
  }
}
