package io.github.attnpool.internal.onednn;

import io.github.attnpool.internal.kernels.NativeKernels;
import java.lang.foreign.Arena;
import java.util.List;

/** The steps after the score map, where each takes one score at a time. Of one thread. */
final class HeadSteps {
  private final List<NativeStep> steps;
  private final ScoreMatrix scores;
  private final int heads;
  private final long[] values; // per step, one per row: of its place, or its factor

  HeadSteps(StageProgram stage, ScoreMatrix scores, int heads, int tileRows, Arena arena) {
    NativeArrays memory = new NativeArrays(arena);
    this.steps = stage.steps();
    this.scores = scores;
    this.heads = heads;
    this.values = new long[steps.size()];
    for (int i = 0; i < values.length; i++) {
      if (steps.get(i) instanceof NativeStep.Scale scale && scale.factors() != 0) {
        values[i] = memory.repeated(scale.factors(), tileRows);
      } else if (steps.get(i) instanceof NativeStep.Place) {
        values[i] = memory.scratch(tileRows, Float.BYTES);
      }
    }
  }

  /** Notes the places of rows in their sequence. */
  void place(long first, long rows, long place) {
    for (int i = 0; i < values.length; i++) {
      if (steps.get(i) instanceof NativeStep.Place(long all)) {
        NativeKernels.copy(
            all + place * Float.BYTES, rows * Float.BYTES, values[i] + first * Float.BYTES);
      }
    }
  }

  void apply(long first, long rows) {
    for (int i = 0; i < values.length; i++) {
      long own = values[i] + first * Float.BYTES;
      if (steps.get(i) instanceof NativeStep.Scale scale) {
        long factors = scale.factors() == 0 ? 0 : own;
        for (int head = 0; head < heads; head++) {
          NativeKernels.activate(
              scores.at(head, first), 1, rows, factors, 0, scale.activation(), 0);
        }
      } else {
        NativeKernels.add(scores.at(0, first), heads, rows, scores.headStep(), own, 0, 1);
      }
    }
  }
}
