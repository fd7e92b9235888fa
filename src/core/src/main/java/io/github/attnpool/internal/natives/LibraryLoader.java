package io.github.attnpool.internal.natives;

import io.github.attnpool.bindings.NativeCode;
import java.io.IOException;
import java.net.URL;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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
    LoadAttempts attempts = new LoadAttempts(library);
    String override = System.getProperty(property);
    if (override != null) {
      return loadOverride(override, attempts);
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

  private Path loadOverride(String name, LoadAttempts attempts) {
    Path file;
    try {
      file = Path.of(name).toAbsolutePath();
    } catch (InvalidPathException e) {
      attempts.failed("-D" + property + "=" + name, String.valueOf(e.getMessage()));
      throw failure(attempts, true, e);
    }
    String what = "-D" + property + "=" + file;
    if (!Files.isRegularFile(file)) {
      attempts.failed(what, "there is no such file");
      throw failure(attempts, true, null);
    }
    load(file, what, true, attempts);
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
      throw failure(attempts, false, null);
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
          e + "; set -D" + LibraryCache.PROPERTY + "=DIR to a folder that can be written");
      throw failure(attempts, isNamed(LibraryCache.PROPERTY), e);
    }
  }

  /**
   * @param named whether the user named the file or its folder
   */
  private static void load(Path file, String what, boolean named, LoadAttempts attempts) {
    try {
      NativeCode.load(file);
    } catch (UnsatisfiedLinkError e) {
      String message = String.valueOf(e.getMessage());
      attempts.failed(what, message + LinkerHint.of(message));
      throw failure(attempts, named, e);
    } catch (IllegalCallerException e) { // native access is denied
      Module caller = NativeCode.class.getModule();
      attempts.failed(
          what,
          "native access is denied; start java with --enable-native-access="
              + (caller.isNamed() ? caller.getName() : "ALL-UNNAMED"));
      throw failure(attempts, false, e);
    }
  }

  private static LoadFailure failure(
      LoadAttempts attempts, boolean ofSetting, @Nullable Throwable cause) {
    return new LoadFailure(attempts.toString(), ofSetting, cause);
  }
}
