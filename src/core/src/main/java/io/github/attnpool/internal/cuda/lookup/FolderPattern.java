package io.github.attnpool.internal.cuda.lookup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns texts of settings into paths. */
final class FolderPattern {
  private FolderPattern() {}

  /** Returns an absolute path; empty for a text that is none, or null. */
  static Optional<Path> absolute(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(text)).filter(Path::isAbsolute);
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  /** Returns the absolute paths of a list with colons between them; null is an empty list. */
  static List<Path> list(@Nullable String texts) {
    List<Path> all = new ArrayList<>();
    for (String text : texts == null ? new String[0] : texts.split(":", -1)) {
      absolute(text).ifPresent(all::add);
    }
    return all;
  }

  /** Returns the folders or files that match a pattern with stars in at most one of its names. */
  static List<Path> expand(Path base, String pattern) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return List.of(base.resolve(pattern));
    }
    int start = pattern.lastIndexOf('/', star) + 1;
    int end = pattern.indexOf('/', star);
    String name = pattern.substring(start, end < 0 ? pattern.length() : end);
    List<Path> all = new ArrayList<>();
    Path folder = base.resolve(pattern.substring(0, start));
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> matches = Files.newDirectoryStream(folder, name)) {
        for (Path match : matches) {
          all.add(end < 0 ? match : match.resolve(pattern.substring(end + 1)));
        }
      } catch (IOException | DirectoryIteratorException _) {
        return List.of();
      }
    }
    all.sort(Comparator.reverseOrder()); // newer versions first
    return all;
  }
}
