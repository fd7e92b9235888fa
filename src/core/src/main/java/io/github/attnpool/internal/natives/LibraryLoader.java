package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.net.URL;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;

/**
 * Loads one native library: the file that a property names, and nothing else if it is set;
 * otherwise the copy packed in a jar, unpacked to the user's cache.
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
   * @throws LoadFailure if it cannot be
   */
  Path load(String... resources) {
    LoadAttempts attempts = new LoadAttempts(LinkerHint::of);
    if (isNamed(property)) {
      return loadNamed(attempts);
    }
    int own = resources.length - 1;
    for (int i = 0; i < own; i++) {
      loadPackaged(resources[i], attempts);
    }
    return loadPackaged(resources[own], attempts);
  }

  /** Whether the user names the file. */
  static boolean isNamed(String property) {
    return System.getProperty(property) != null;
  }

  private Path loadNamed(LoadAttempts attempts) {
    Path file = attempts.named(property).orElseThrow(() -> failure(attempts, true));
    load(file, "-D" + property + "=" + file, true, attempts);
    return file;
  }

  private Path loadPackaged(String resource, LoadAttempts attempts) {
    URL url = LibraryLoader.class.getClassLoader().getResource(resource);
    if (url == null) {
      attempts.failed(
          "resource " + resource,
          "no jar on the class or module path has it; is there one for "
              + Platform.name()
              + "?"
              + moduleHint()
              + " Otherwise set -D"
              + property
              + "=FILE");
      throw failure(attempts, false);
    }
    Path file = unpack(resource, url, attempts);
    load(file, "file " + file, isNamed(LibraryCache.PROPERTY), attempts);
    return file;
  }

  /** Jars of native libraries are modules that nothing requires, so they must be added. */
  private static String moduleHint() {
    return LibraryLoader.class.getModule().isNamed()
        ? " On the module path it is found only with --add-modules ALL-MODULE-PATH."
        : "";
  }

  private Path unpack(String resource, URL url, LoadAttempts attempts) {
    String fileName = resource.substring(resource.lastIndexOf('/') + 1);
    try {
      return cache.unpacked(PackagedLibrary.of(fileName, url));
    } catch (IOException | DirectoryIteratorException e) {
      attempts.failed(
          "unpacking to " + cache.root(),
          e + "; set -D" + LibraryCache.PROPERTY + "=DIR to a folder that can be written",
          e);
      throw failure(attempts, isNamed(LibraryCache.PROPERTY));
    }
  }

  /**
   * @param named whether the user named the file or its folder
   */
  private void load(Path file, String what, boolean named, LoadAttempts attempts) {
    if (!attempts.load(file, what)) {
      throw failure(attempts, named && !attempts.accessDenied());
    }
  }

  private LoadFailure failure(LoadAttempts attempts, boolean ofSetting) {
    return new LoadFailure(library + " " + attempts, ofSetting, attempts.cause().orElse(null));
  }
}
