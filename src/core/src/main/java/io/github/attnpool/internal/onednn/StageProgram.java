package io.github.attnpool.internal.onednn;

import io.github.attnpool.Activation;
import io.github.attnpool.BatchNorm;
import io.github.attnpool.Divide;
import io.github.attnpool.LayerNorm;
import io.github.attnpool.Linear;
import io.github.attnpool.Precision;
import io.github.attnpool.Step;
import io.github.attnpool.StepBias;
import io.github.attnpool.internal.lifetime.Releases;
import io.github.attnpool.internal.maps.LinearArrays;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a stage in native memory, shared by all threads; each thread brings a {@link
 * StageRun}.
 */
final class StageProgram implements AutoCloseable {
  private final NativeArrays arrays;
  private final OneDnn.Type type;
  private final boolean biasInMap;
  private final int rows;
  private final List<NativeStep> steps = new ArrayList<>();
  private final List<Integer> widths = new ArrayList<>(); // of the rows after each step
  private final int inputs;
  private int width;
  private final Releases handles = new Releases();

  /** How a stage multiplies. */
  enum Maps {
    /** In F32, each map with its bias. */
    WITH_BIAS,
    /** In F32, biases apart. */
    F32,
    /** In BF16, biases apart. */
    BF16;

    static Maps of(Precision precision) {
      return precision == Precision.BF16 ? BF16 : F32;
    }
  }

  /**
   * @param inputs values in a row before the steps
   * @param rows most rows in one multiplication
   * @param arrays owner of the parameters; must outlive this
   */
  StageProgram(List<Step> stage, int inputs, Maps maps, int rows, NativeArrays arrays) {
    this.arrays = arrays;
    this.type = maps == Maps.BF16 ? OneDnn.Type.BF16 : OneDnn.Type.F32;
    this.biasInMap = maps == Maps.WITH_BIAS;
    this.rows = rows;
    this.inputs = inputs;
    this.width = inputs;
    try {
      for (int i = 0; i < stage.size(); i++) {
        Step step = stage.get(i);
        boolean alone = step instanceof Activation || step instanceof StepBias;
        Activation after = alone ? Activation.IDENTITY : activation(stage, i + 1);
        if (after != Activation.IDENTITY) {
          i++; // it is part of this step
        }
        add(step, after);
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static Activation activation(List<Step> stage, int index) {
    return index < stage.size() && stage.get(index) instanceof Activation activation
        ? activation
        : Activation.IDENTITY;
  }

  private void add(Step step, Activation after) {
    switch (step) {
      case Linear map -> addMap(map, after);
      case Activation activation -> add(new NativeStep.Scale(0, 0, activation));
      case BatchNorm norm ->
          add(new NativeStep.Scale(arrays.copy(norm.scale()), arrays.copy(norm.shift()), after));
      case LayerNorm norm ->
          add(
              new NativeStep.Norm(
                  norm.groups(),
                  norm.width() / norm.groups(),
                  arrays.copy(norm.weight()),
                  arrays.copy(norm.bias()),
                  norm.epsilon(),
                  after));
      case Divide(float by) -> add(new NativeStep.Scale(arrays.filled(width, 1 / by), 0, after));
      case StepBias bias -> add(new NativeStep.Place(arrays.copy(bias.values())));
    }
  }

  private void addMap(Linear map, Activation after) {
    Matmul matmul = new Matmul(map, type, biasInMap, rows);
    handles.own(matmul::close);
    width = map.outFeatures();
    add(new NativeStep.Map(matmul));
    long bias = biasInMap ? 0 : LinearArrays.bias(map).map(arrays::copy).orElse(0L);
    if (bias != 0 || after != Activation.IDENTITY) {
      add(new NativeStep.Scale(0, bias, after));
    }
  }

  private void add(NativeStep step) {
    steps.add(step);
    widths.add(width);
  }

  /** Adds values to what the steps so far give. */
  StageProgram plus(float... addends) {
    add(new NativeStep.Scale(0, arrays.copy(addends), Activation.IDENTITY));
    return this;
  }

  List<NativeStep> steps() {
    return steps;
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  /** Whether the first step is a map, which takes rows in either type. */
  boolean beginsWithMap() {
    return !isEmpty() && steps.getFirst() instanceof NativeStep.Map;
  }

  /** Values in a row before the steps. */
  int inputs() {
    return inputs;
  }

  /** Values in a row after the steps. */
  int width() {
    return width;
  }

  /** Values in a row after a step. */
  int width(int step) {
    return widths.get(step);
  }

  /** Values in the widest row before, between or after the steps. */
  int widest() {
    return Math.max(inputs, widths.stream().mapToInt(Integer::intValue).max().orElse(0));
  }

  /** Whether maps are multiplied in BF16. */
  boolean isBf16() {
    return type == OneDnn.Type.BF16;
  }

  @Override
  public void close() {
    handles.close();
  }
}
