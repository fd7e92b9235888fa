package io.github.attnpool.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Loads the libraries that the generated bindings call.
 *
 * <p>Loading belongs to this module for two reasons. The generated classes find their symbols with
 * {@link java.lang.foreign.SymbolLookup#loaderLookup()}, which sees only what was loaded for their
 * own class loader, whichever loader the modules above have. And {@link System#load} is a
 * restricted method: kept here, it needs no native access for any module but this one.
 */
public final class NativeCode {
  private NativeCode() {}

  /**
   * Loads one library into the process, for as long as this class's loader lives. Loading the same
   * file again does nothing. A library must be loaded before the first use of its header class,
   * which looks each function up when that function is first called.
   *
   * @param library absolute path of the library's file
   * @throws IllegalArgumentException if the path is not absolute
   * @throws UnsatisfiedLinkError if the file cannot be loaded; the message is the dynamic linker's
   */
  public static void load(Path library) {
    if (!library.isAbsolute()) {
      throw new IllegalArgumentException("library must be an absolute path, was " + library);
    }
    System.load(library.toString());
  }

  /**
   * {@return whether a library that was loaded has a function}
   *
   * @param function its name
   */
  public static boolean has(String function) {
    return SymbolLookup.loaderLookup().find(function).isPresent();
  }

  /**
   * Finds the file that the dynamic loader takes for a name, as it does for libraries that need it.
   * The library is opened to find out, and stays open.
   *
   * @param name without a folder, for example {@code libcuda.so.1}
   * @param function that it has
   * @return the file; empty if the loader finds none, or what it found has no such function
   */
  public static Optional<Path> file(String name, String function) {
    try {
      return SymbolLookup.libraryLookup(name, Arena.global())
          .find(function)
          .flatMap(MappedFiles::at);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
