package io.github.attnpool.internal.natives;

import java.io.IOException;
import java.net.URL;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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
   * What was found to load.
   *
   * @param files what it needs, in order, then the library itself
   * @param named whether the user named the file or its folder
   */
  record Found(LibraryLoader loader, List<Path> files, boolean named, LoadAttempts attempts) {
    /**
     * Loads all of it.
     *
     * @return where the library was loaded from
     * @throws LoadFailure if it cannot be
     */
    Path load() {
      for (Path file : files) {
        String what =
            isNamed(loader.property) ? "-D" + loader.property + "=" + file : "file " + file;
        if (!attempts.load(file, what)) {
          throw loader.failure(attempts, named && !attempts.accessDenied());
        }
      }
      return files.getLast();
    }
  }

  /**
   * Finds it, and the packed libraries that it needs first. Unpacks and checks those, which takes a
   * while, and calls nothing native.
   *
   * @param resources of what it needs, in order, then its own; file name is the last part
   * @throws LoadFailure if it cannot be found
   */
  Found find(String... resources) {
    LoadAttempts attempts = new LoadAttempts(LinkerHint::of);
    if (isNamed(property)) {
      Path file = attempts.named(property).orElseThrow(() -> failure(attempts, true));
      return new Found(this, List.of(file), true, attempts);
    }
    List<Path> files = Stream.of(resources).map(resource -> unpacked(resource, attempts)).toList();
    return new Found(this, files, isNamed(CacheFolder.PROPERTY), attempts);
  }

  /** Whether the user names the file. */
  static boolean isNamed(String property) {
    return System.getProperty(property) != null;
  }

  private Path unpacked(String resource, LoadAttempts attempts) {
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
    return unpack(resource, url, attempts);
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
          e + "; set -D" + CacheFolder.PROPERTY + "=DIR to a folder that can be written",
          e);
      throw failure(attempts, isNamed(CacheFolder.PROPERTY));
    }
  }

  private LoadFailure failure(LoadAttempts attempts, boolean ofSetting) {
    return new LoadFailure(library + " " + attempts, ofSetting, attempts.cause().orElse(null));
  }
}
