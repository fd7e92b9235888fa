package io.github.attnpool.internal.natives;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.bindings.NativeCode;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads one native library: the file that a property names, and nothing else if it is set; otherwise
 * the copy packed in a jar, unpacked to the user's cache.
 */
final class LibraryLoader {
  private final String library;
  private final String property;
  private final LibraryCache cache;

  /**
   * @param library name for people, for example {@code oneDNN}
   * @param property system property that overrides where the library is
   */
  LibraryLoader(String library, String property, LibraryCache cache) {
    this.library = library;
    this.property = property;
    this.cache = cache;
  }

  /**
   * Loads it, and the packed libraries that it needs first.
   *
   * @param resources of what it needs, in order, then its own; file name is the last part
   * @return where it was loaded from
   */
  Path load(String... resources) {
    LoadAttempts attempts = new LoadAttempts(library);
    String override = System.getProperty(property);
    return override != null
        ? loadOverride(Path.of(override).toAbsolutePath(), attempts)
        : loadPackaged(resources, attempts);
  }

  private Path loadOverride(Path file, LoadAttempts attempts) {
    String what = "-D" + property + "=" + file;
    if (!Files.isRegularFile(file)) {
      attempts.failed(what, "there is no such file");
      throw failure(attempts, null);
    }
    try {
      NativeCode.load(file);
      return file;
    } catch (UnsatisfiedLinkError e) {
      attempts.failed(what, e.getMessage());
      throw failure(attempts, e);
    }
  }

  private Path loadPackaged(String[] resources, LoadAttempts attempts) {
    Path file = null;
    for (String resource : resources) {
      URL url = LibraryLoader.class.getClassLoader().getResource(resource);
      if (url == null) {
        attempts.failed(
            "resource " + resource,
            "no jar on the class or module path has it; is there one for "
                + Platform.name()
                + "? Otherwise set -D"
                + property
                + "=FILE");
        throw failure(attempts, null);
      }
      file = unpack(resource, url, attempts);
      try {
        NativeCode.load(file);
      } catch (UnsatisfiedLinkError e) {
        attempts.failed("file " + file, e.getMessage() + hint(e));
        throw failure(attempts, e);
      }
    }
    return file;
  }

  private Path unpack(String resource, URL url, LoadAttempts attempts) {
    String fileName = resource.substring(resource.lastIndexOf('/') + 1);
    try {
      return cache.unpacked(PackagedLibrary.of(fileName, url));
    } catch (IOException e) {
      attempts.failed(
          "unpacking to " + cache.root(),
          e + "; set -D" + LibraryCache.PROPERTY + "=DIR to a folder that can be written");
      throw failure(attempts, e);
    }
  }

  private static String hint(UnsatisfiedLinkError e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("failed to map segment") || message.contains("not permitted")
        ? "; the folder may be mounted noexec: set -D"
            + LibraryCache.PROPERTY
            + "=DIR to one that is not"
        : "";
  }

  private static AttnPoolException failure(LoadAttempts attempts, Throwable cause) {
    return new AttnPoolException("load library", attempts.toString(), cause);
  }
}
