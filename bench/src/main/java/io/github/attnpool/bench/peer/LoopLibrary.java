package io.github.attnpool.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bench.BenchShape;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The functions of fused_loop.h. */
@SuppressWarnings("restricted") // a benchmark of native code has to load some
final class LoopLibrary {
  private final MethodHandle create;
  private final MethodHandle run;
  private final MethodHandle time;
  private final MethodHandle free;

  private LoopLibrary(SymbolLookup symbols) {
    create =
        function(
            symbols,
            "fused_loop_new",
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_FLOAT);
    run = function(symbols, "fused_loop_run", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    time =
        function(
            symbols,
            "fused_loop_time",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            ADDRESS);
    free =
        Linker.nativeLinker()
            .downcallHandle(
                symbols.findOrThrow("fused_loop_free"), FunctionDescriptor.ofVoid(ADDRESS));
  }

  /** The library of that file, which stays loaded. */
  static LoopLibrary at(Path file) throws NotOffered {
    try {
      return new LoopLibrary(SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global()));
    } catch (IllegalArgumentException e) {
      throw new NotOffered("the loop cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static MethodHandle function(
      SymbolLookup symbols, String name, MemoryLayout result, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  MemorySegment create(
      BenchShape shape,
      boolean bf16,
      boolean bf16Input,
      MemorySegment w,
      MemorySegment b,
      MemorySegment a,
      float c) {
    try {
      return (MemorySegment)
          create.invokeExact(
              (long) shape.batch(),
              (long) shape.steps(),
              (long) shape.width(),
              (long) shape.units(),
              bf16 ? 1 : 0,
              bf16Input ? 1 : 0,
              w,
              b,
              a,
              c);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  void run(MemorySegment loop, MemorySegment x, MemorySegment context, MemorySegment weights) {
    try {
      check((int) run.invokeExact(loop, x, context, weights));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  void time(
      MemorySegment loop,
      MemorySegment inputs,
      long count,
      long first,
      long samples,
      long repeat,
      MemorySegment context,
      MemorySegment weights,
      MemorySegment nanos) {
    try {
      check(
          (int)
              time.invokeExact(
                  loop, inputs, count, first, samples, repeat, context, weights, nanos));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  void free(MemorySegment loop) {
    try {
      free.invokeExact(loop);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static void check(int good) {
    if (good == 0) {
      throw new IllegalStateException("a call of the C loop failed");
    }
  }
}
