package io.github.attnpool.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.bench.BenchShape;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of fused_loop.h. */
final class LoopLibrary {
  private final MethodHandle create;
  private final MethodHandle run;
  private final MethodHandle time;
  private final MethodHandle free;

  LoopLibrary(CLibrary library) {
    create =
        library.function(
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
    run = library.function("fused_loop_run", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    time =
        library.function(
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
    free = library.procedure("fused_loop_free", ADDRESS);
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
      CLibrary.check((int) run.invokeExact(loop, x, context, weights));
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
      CLibrary.check(
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
}
