package io.github.attnpool;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Refuses what cannot be a batch of sequences. */
final class SequenceCheck {
  private static final String OPERATION = "sequences";

  private SequenceCheck() {}

  static void check(boolean good, Supplier<String> problem) {
    if (!good) {
      throw bad(problem.get());
    }
  }

  static AttnPoolException bad(String problem) {
    return new AttnPoolException(OPERATION, problem);
  }

  /** Queries are the same number of values, at least one, for each sequence. */
  static void checkQueries(MemorySegment queries, int batch) {
    check(queries != null, () -> "the queries are null");
    long row = (long) Float.BYTES * Math.max(1, batch);
    long width = queries.byteSize() / row;
    check(
        queries.byteSize() % row == 0 && width <= Integer.MAX_VALUE && (width > 0 || batch == 0),
        () ->
            "the queries have "
                + queries.byteSize()
                + " bytes, must have the same number of F32 values for each of the "
                + batch
                + " sequences");
  }
}
