package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import java.util.Arrays;
import java.util.List;

/** The steps after the score map, where each takes one score at a time. Scratch of one thread. */
final class HeadSteps {
  private final List<PackedStep> steps;
  private final TileKernels kernels;
  private final TileScores scores;
  private final int heads;
  private final int[] places;
  private final float[] line; // scores of one head, in whole vectors
  private final float[] zeros;
  private final float[] scratch;

  HeadSteps(PackedStage stage, TileScores scores, int heads, int[] places, int tileRows) {
    this.steps = stage.steps();
    this.kernels = stage.kernels();
    this.scores = scores;
    this.heads = heads;
    this.places = places;
    int room = stage.isEmpty() ? 0 : Padding.up(tileRows, kernels.lanes());
    this.line = new float[room];
    this.zeros = new float[room];
    this.scratch = new float[room];
  }

  void apply(int first, int count) {
    if (steps.isEmpty()) {
      return;
    }
    for (int head = 0; head < heads; head++) {
      int at = scores.index(head, first);
      System.arraycopy(scores.values, at, line, 0, count);
      Arrays.fill(line, count, line.length, 0);
      for (int i = 0; i < steps.size(); i++) {
        apply(steps.get(i), first, count);
      }
      System.arraycopy(line, 0, scores.values, at, count);
    }
  }

  private void apply(PackedStep step, int first, int count) {
    switch (step) {
      case PackedStep.Scale scale -> {
        float factor = scale.factors.length == 0 ? 1 : scale.factors[0];
        for (int t = 0; t < count; t++) {
          line[t] *= factor;
        }
        if (scale.activation != Activation.IDENTITY) {
          kernels.activate(
              scale.activation, line, zeros, Padding.up(count, kernels.lanes()), scratch);
        }
      }
      case PackedStep.Place place -> {
        for (int t = 0; t < count; t++) {
          line[t] += place.values[places[first + t]];
        }
      }
      default -> throw new IllegalStateException("a step on one score: " + step);
    }
  }
}
