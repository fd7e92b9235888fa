package io.github.attnpool.cli.options;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.format.PartsWriter;
import io.github.attnpool.format.SafetensorsWriter;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** The file for the results: known to be writable before anything is computed. */
public final class OutputFile {
  private final Path named;
  private final Path target;

  private OutputFile(Path named, Path target) {
    this.named = named;
    this.target = target;
  }

  /**
   * Checks by a probe that a file can be put there; what is there is left as it is.
   *
   * @throws AttnPoolException if it cannot
   */
  public static OutputFile at(Path path) {
    Path target = resolved(path);
    Path folder = target.getParent();
    if (Files.isDirectory(target)) {
      throw problem(path, "is a directory", null);
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw problem(path, "is not a regular file", null);
    }
    if (!Files.isDirectory(folder)) {
      throw problem(path, "there is no directory " + folder, null);
    }
    try {
      Files.delete(Files.createTempFile(folder, ".attnpool-", ".probe"));
    } catch (IOException e) {
      throw problem(path, "no file can be made in " + folder, e);
    }
    return new OutputFile(path, target);
  }

  /** Where a link leads to: renaming would replace the link. */
  private static Path resolved(Path path) {
    Path target = path.toAbsolutePath();
    if (!Files.isSymbolicLink(target)) {
      return target;
    }
    try {
      return target.toRealPath();
    } catch (IOException e) {
      throw problem(path, "is a link that leads nowhere", e);
    }
  }

  /** Whether both are the same file, which must then not be overwritten. */
  public boolean isSameAs(Path other) {
    try {
      return Files.exists(target) && Files.exists(other) && Files.isSameFile(target, other);
    } catch (IOException e) {
      throw new AttnPoolException("write " + named, "cannot be compared with " + other, e);
    }
  }

  public void write(List<Tensor> tensors, Map<String, String> metadata) {
    SafetensorsWriter.write(target, tensors, metadata);
  }

  /** For results that are written in parts; the file is there when the writer is finished. */
  public PartsWriter writer(Map<String, long[]> shapes, Map<String, String> metadata) {
    return PartsWriter.create(target, shapes, metadata);
  }

  /** A file that nobody sees, deleted when the writer is closed. */
  public static PartsWriter scratch(Map<String, long[]> shapes) {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    return PartsWriter.create(folder.resolve("attnpool-scratch"), shapes, Map.of());
  }

  /** Writes text under a temporary name, then renames it: nobody sees half a file. */
  public void write(String text) {
    String unique = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    Path temporary = target.resolveSibling(".attnpool-" + unique + ".tmp");
    temporary.toFile().deleteOnExit(); // by a signal too
    try {
      Files.writeString(temporary, text, StandardOpenOption.CREATE_NEW);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw problem(named, "it could not be written", e);
    }
  }

  private static AttnPoolException problem(Path path, String problem, IOException cause) {
    String reason =
        cause instanceof FileSystemException f
            ? f.getReason()
            : cause == null ? null : cause.getMessage();
    return new AttnPoolException(
        "write " + path, reason == null ? problem : problem + ": " + reason, cause);
  }
}
