package io.github.attnpool.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Loads the libraries that the generated bindings call.
 *
 * <p>Loading belongs to this module for two reasons. It is for the class loader that has the
 * generated classes, whichever loader the modules above have. And it is a restricted operation:
 * kept here, it needs no native access for any module but this one.
 *
 * <p>It is not {@link System#load}, which refuses a file that another class loader of the JVM has
 * loaded: the same jars in two web applications, or in one that is loaded again. Here each class
 * loader opens the file for itself, and the operating system loads it once.
 */
public final class NativeCode {
  /** Keeps libraries open as long as this class lives. */
  private static final Arena ARENA = arena(NativeCode.class.getClassLoader());

  private static final Map<Path, SymbolLookup> LOADED = new LinkedHashMap<>();

  private NativeCode() {}

  /** Where the class is never unloaded, a call need not check that the library is still open. */
  private static Arena arena(ClassLoader loader) {
    boolean forever = loader == null || loader == ClassLoader.getSystemClassLoader();
    return forever ? Arena.global() : Arena.ofAuto();
  }

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
    synchronized (LOADED) {
      if (!LOADED.containsKey(library)) {
        LOADED.put(library, open(library));
      }
    }
  }

  private static SymbolLookup open(Path library) {
    try {
      return SymbolLookup.libraryLookup(library, ARENA);
    } catch (IllegalArgumentException _) {
      System.load(library.toString()); // fails too, and unlike the lookup says why
      return SymbolLookup.libraryLookup(library, ARENA);
    }
  }

  /** {@return the functions of the libraries that are loaded, those loaded later included} */
  public static SymbolLookup loaded() {
    return NativeCode::find;
  }

  private static Optional<MemorySegment> find(String function) {
    synchronized (LOADED) {
      return LOADED.values().stream().flatMap(each -> each.find(function).stream()).findFirst();
    }
  }

  /**
   * {@return whether a library that was loaded has a function}
   *
   * @param function its name
   */
  public static boolean has(String function) {
    return find(function).isPresent();
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
      return SymbolLookup.libraryLookup(name, ARENA).find(function).flatMap(MappedFiles::at);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
