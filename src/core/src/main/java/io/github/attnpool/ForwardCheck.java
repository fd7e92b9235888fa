package io.github.attnpool;

import java.lang.foreign.MemorySegment;

/** What must hold before a forward call may go near native code. */
final class ForwardCheck {
  private static final String OPERATION = "forward";
  private static final Output[] OUTPUTS = Output.values();

  private ForwardCheck() {}

  static void check(AttentionParameters parameters, Sequences in, Pooled out) {
    if (in.width() != parameters.width()) {
      throw new AttnPoolException(
          OPERATION, "rows of x have " + in.width() + " values, must have " + parameters.width());
    }
    if (out.heads() != parameters.heads()
        || out.width() != parameters.width()
        || out.outputs() != parameters.outputs()) {
      throw new AttnPoolException(
          OPERATION, "the results were allocated for a layer of another shape");
    }
    if (out.batch() != in.batch() || out.positions() != in.positions()) {
      throw new AttnPoolException(
          OPERATION,
          "the results have room for "
              + out.batch()
              + " sequences with "
              + out.positions()
              + " positions, must be "
              + in.batch()
              + " with "
              + in.positions());
    }
    checkMemory("x", in.x());
    for (Output output : OUTPUTS) {
      if (out.has(output)) {
        MemorySegment segment = out.get(output);
        checkMemory(output.name(), segment);
      }
    }
  }

  private static void checkMemory(String name, MemorySegment segment) {
    if (!segment.scope().isAlive()) {
      throw new AttnPoolException(OPERATION, "the memory of " + name + " is already closed");
    }
    if (!segment.isAccessibleBy(Thread.currentThread())) {
      throw new AttnPoolException(
          OPERATION,
          "the memory of "
              + name
              + " belongs to another thread; use a shared arena or call from that thread");
    }
  }
}
