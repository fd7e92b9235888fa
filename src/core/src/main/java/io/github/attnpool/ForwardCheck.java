package io.github.attnpool;

import java.lang.foreign.MemorySegment;

/** What must hold before a forward call may go near native code. */
final class ForwardCheck {
  private static final String OPERATION = "forward";
  private static final Output[] OUTPUTS = Output.values();

  private ForwardCheck() {}

  static void check(AttentionParameters parameters, Sequences in, Outputs out) {
    checkGiven(OPERATION, "the sequences", in);
    checkInput(OPERATION, parameters, in);
    checkResults(parameters, in, out);
  }

  static void check(Object layer, AttentionParameters parameters, ProjectedKeys keys, Outputs out) {
    checkGiven(OPERATION, "the keys", keys);
    if (!keys.areOf(layer)) {
      throw new AttnPoolException(OPERATION, "the keys were made by another layer");
    }
    checkInput(OPERATION, parameters, keys.sequences());
    checkMemory(OPERATION, "the keys", keys.units());
    if (keys.hasRows()) {
      checkMemory(OPERATION, "the keys", keys.rows());
    }
    checkResults(parameters, keys.sequences(), out);
  }

  /** What must hold of x and queries. */
  static void checkInput(String operation, AttentionParameters parameters, Sequences in) {
    if (in.width() != parameters.inputWidth()) {
      throw new AttnPoolException(
          operation,
          "rows of x have " + in.width() + " values, must have " + parameters.inputWidth());
    }
    if (!in.isOnDevice()) {
      checkMemory(operation, "x", in.x());
    }
    if (in.hasQueries()) {
      checkQueries(operation, parameters, in);
    } else if (parameters.query().isPresent()) {
      throw new AttnPoolException(
          operation,
          "there are no queries, must be one of %d values for each sequence"
              .formatted(parameters.queryWidth()));
    }
  }

  private static void checkQueries(String operation, AttentionParameters parameters, Sequences in) {
    if (parameters.units() == 0) {
      throw new AttnPoolException(
          operation, "the linear form takes no queries, but there are some");
    }
    MemorySegment queries = in.queries();
    if (in.batch() > 0 && in.queryWidth() != parameters.queryWidth()) {
      throw new AttnPoolException(
          operation,
          "queries have %d values, must have %d"
              .formatted(in.queryWidth(), parameters.queryWidth()));
    }
    checkMemory(operation, "the queries", queries);
    checkAddressable(operation, "the queries", queries);
  }

  /** What is used by address: neither on the heap, nor askew, nor in a file that may be cut. */
  static void checkAddressable(String operation, String name, MemorySegment floats) {
    if (!floats.isNative() || floats.isMapped() || floats.address() % Float.BYTES != 0) {
      throw new AttnPoolException(
          operation,
          name + " must lie in native memory, not mapped from a file, aligned to " + Float.BYTES);
    }
  }

  static void checkGiven(String operation, String name, Object argument) {
    if (argument == null) {
      throw new AttnPoolException(operation, name + " must not be null");
    }
  }

  private static void checkResults(AttentionParameters parameters, Sequences in, Outputs out) {
    checkGiven(OPERATION, "the results", out);
    if (out.heads() != parameters.heads()
        || out.width() != parameters.width()
        || out.logitCount() != parameters.logitCount()) {
      throw new AttnPoolException(
          OPERATION, "the results were allocated for a layer of another shape");
    }
    if (out.maxBatch() < in.batch() || out.maxPositions() < in.positions()) {
      throw new AttnPoolException(
          OPERATION,
          "the results have room for %d sequences with %d positions, must be %d with %d"
              .formatted(out.maxBatch(), out.maxPositions(), in.batch(), in.positions()));
    }
    for (Output output : OUTPUTS) {
      if (out.has(output)) {
        MemorySegment segment = out.get(output);
        checkMemory(OPERATION, output.name(), segment);
      }
    }
  }

  static void checkMemory(String operation, String name, MemorySegment segment) {
    if (!segment.scope().isAlive()) {
      throw new AttnPoolException(operation, "the memory of " + name + " is already closed");
    }
    if (!segment.isAccessibleBy(Thread.currentThread())) {
      throw new AttnPoolException(
          operation,
          "the memory of "
              + name
              + " belongs to another thread; use a shared arena or call from that thread");
    }
  }
}
