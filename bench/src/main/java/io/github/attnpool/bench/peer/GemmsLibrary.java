package io.github.attnpool.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of gemms.h. */
final class GemmsLibrary {
  private final MethodHandle create;
  private final MethodHandle time;
  private final MethodHandle row;
  private final MethodHandle free;

  GemmsLibrary(CLibrary library) {
    create = library.function("gemms_new", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    time =
        library.function(
            "gemms_time",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS);
    row = library.function("gemms_row", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    free = library.procedure("gemms_free", ADDRESS);
  }

  /** Returns NULL on failure. */
  MemorySegment create(MemorySegment sizes, MemorySegment maps, MemorySegment values) {
    try {
      return (MemorySegment) create.invokeExact(sizes, maps, values);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  void time(
      MemorySegment gemms,
      MemorySegment inputs,
      long count,
      long first,
      long samples,
      long repeat,
      MemorySegment nanos) {
    try {
      CLibrary.check((int) time.invokeExact(gemms, inputs, count, first, samples, repeat, nanos));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  void row(MemorySegment gemms, MemorySegment x, MemorySegment results) {
    try {
      CLibrary.check((int) row.invokeExact(gemms, x, results));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  void free(MemorySegment gemms) {
    try {
      free.invokeExact(gemms);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
