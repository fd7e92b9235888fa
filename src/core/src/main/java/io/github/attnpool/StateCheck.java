package io.github.attnpool;

import java.lang.foreign.MemorySegment;

/** What must hold before a pooling state may go near native code. */
final class StateCheck {
  static final String OPERATION = "pooling state";

  private StateCheck() {}

  static void part(AttentionParameters parameters, Sequences part, MemorySegment scores) {
    ForwardCheck.checkGiven(OPERATION, "the part", part);
    if (part.batch() != 1) {
      throw new AttnPoolException(
          OPERATION, "the part is a batch of " + part.batch() + " sequences, must be one sequence");
    }
    ForwardCheck.checkInput(OPERATION, parameters, part);
    if (scores != null) {
      long values = part.positions() * parameters.heads();
      if (scores.byteSize() != values * Float.BYTES) {
        throw new AttnPoolException(
            OPERATION,
            "there is room for %d bytes of scores, must be %d (%d heads, %d rows, F32)"
                .formatted(
                    scores.byteSize(), values * Float.BYTES, parameters.heads(), part.positions()));
      }
      results(scores);
    }
  }

  static void weights(AttentionParameters parameters, int head, MemorySegment scores) {
    if (head < 0 || head >= parameters.heads()) {
      throw new AttnPoolException(
          OPERATION, "head is " + head + ", must be 0 to " + (parameters.heads() - 1));
    }
    if (scores == null || scores.byteSize() % Float.BYTES != 0) {
      throw new AttnPoolException(OPERATION, "the scores must be whole F32 values");
    }
    results(scores);
  }

  private static void results(MemorySegment scores) {
    ForwardCheck.checkMemory(OPERATION, "the scores", scores);
    ForwardCheck.checkAddressable(OPERATION, "the scores", scores);
    if (scores.isReadOnly()) {
      throw new AttnPoolException(OPERATION, "the scores' memory must not be read-only");
    }
  }

  static void sameParameters(AttentionParameters ours, AttentionParameters theirs) {
    if (ours != theirs && ParameterChecksum.of(ours) != ParameterChecksum.of(theirs)) {
      throw new AttnPoolException(OPERATION, "the other state was made with other parameters");
    }
  }
}
