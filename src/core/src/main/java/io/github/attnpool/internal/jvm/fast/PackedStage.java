package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import io.github.attnpool.BatchNorm;
import io.github.attnpool.Divide;
import io.github.attnpool.LayerNorm;
import io.github.attnpool.Linear;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The steps of a stage as the kernels take them, shared by all threads. */
final class PackedStage {
  private static final float[] NONE = {};

  private final TileKernels kernels;
  private final int inputs;
  private final List<PackedStep> steps = new ArrayList<>();
  private int width;

  /** Of a stage that takes rows of some width. */
  PackedStage(List<Step> stage, int inputs, TileKernels kernels) {
    this.kernels = kernels;
    this.inputs = inputs;
    this.width = inputs;
    for (int i = 0; i < stage.size(); i++) {
      Step step = stage.get(i);
      boolean alone = step instanceof Activation || step instanceof StepBias;
      Activation after = alone ? Activation.IDENTITY : activation(stage, i + 1);
      if (after != Activation.IDENTITY) {
        i++; // it is part of this step
      }
      steps.add(packed(step, after));
    }
  }

  private static Activation activation(List<Step> stage, int index) {
    return index < stage.size() && stage.get(index) instanceof Activation activation
        ? activation
        : Activation.IDENTITY;
  }

  private PackedStep packed(Step step, Activation after) {
    return switch (step) {
      case Linear map -> {
        width = map.outFeatures();
        yield new PackedStep.Map(kernels.pack(map), after);
      }
      case Activation activation -> new PackedStep.Scale(NONE, padded(), activation);
      case BatchNorm norm ->
          new PackedStep.Scale(floats(norm.scale()), floats(norm.shift()), after);
      case LayerNorm norm -> new PackedStep.Norm(norm, padded(), after);
      case Divide(float by) -> {
        float[] factors = padded();
        Arrays.fill(factors, 0, width, 1 / by);
        yield new PackedStep.Scale(factors, padded(), after);
      }
      case StepBias bias -> new PackedStep.Place(bias.values());
    };
  }

  private float[] floats(double[] values) {
    float[] floats = padded();
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private float[] padded() {
    return new float[Padding.up(width, kernels.lanes())];
  }

  /** Adds values to what the steps so far give; filled up to whole vectors. */
  PackedStage plus(float[] addends) {
    steps.add(new PackedStep.Scale(NONE, addends, Activation.IDENTITY));
    return this;
  }

  TileKernels kernels() {
    return kernels;
  }

  List<PackedStep> steps() {
    return steps;
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  /** Values in a row before the steps. */
  int inputs() {
    return inputs;
  }

  /** Values in a row after the steps. */
  int width() {
    return width;
  }

  /** Values in a row before the steps, filled up to whole vectors. */
  int inputColumns() {
    return Padding.up(inputs, kernels.lanes());
  }

  /** Values in a row after the steps, filled up to whole vectors. */
  int columns() {
    return Padding.up(width, kernels.lanes());
  }
}
