package io.github.attnpool.internal.cuda.nvidia;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.ToIntFunction;

/** Gets results of functions that return a status and write their result through a pointer. */
final class OutParameter {
  private OutParameter() {}

  /** Turns a status into an exception: one of {@link CudaStatus}. */
  interface Check {
    void check(String call, int status);
  }

  /** Returns a handle or another number of 64 bits. */
  static long longFrom(String call, Check check, ToIntFunction<MemorySegment> function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check.check(call, function.applyAsInt(out));
      return out.get(JAVA_LONG, 0);
    }
  }

  static int intFrom(String call, Check check, ToIntFunction<MemorySegment> function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      check.check(call, function.applyAsInt(out));
      return out.get(JAVA_INT, 0);
    }
  }
}
