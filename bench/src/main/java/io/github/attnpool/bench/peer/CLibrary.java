package io.github.attnpool.bench.peer;

import io.github.attnpool.internal.backends.Backends;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** The benchmarks' library in C, libfusedloop.so; it uses attnpool's loaded oneDNN and kernels. */
@SuppressWarnings("restricted") // a benchmark of native code must load some
final class CLibrary {
  private final SymbolLookup symbols;

  private CLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /**
   * Loads the library for good.
   *
   * @param file its path; it need not exist
   */
  static CLibrary at(Path file) throws NotOffered {
    NotOffered.unless(
        Files.exists(file), "there is no " + file.getFileName() + "; scripts/bench builds it");
    // This loads oneDNN and the kernels, which the library then finds by name.
    NotOffered.unless(
        Backends.availability(Backends.choice("onednn").backend()).available(),
        "oneDNN cannot be loaded");
    try {
      return new CLibrary(SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global()));
    } catch (IllegalArgumentException e) {
      throw new NotOffered("the C code cannot be loaded: " + e.getMessage(), e);
    }
  }

  /** Returns a function of the library or of a library that it is linked with. */
  MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(result, arguments));
  }

  /** Returns a function without a result. */
  MethodHandle procedure(String name, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.ofVoid(arguments));
  }

  private MethodHandle handle(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
  }

  /** Fails if a call of the C code reports failure. */
  static void check(int good) {
    if (good == 0) {
      throw new IllegalStateException("a call of the C code failed");
    }
  }
}
