package io.github.attnpool.internal.jvm.reference;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.Step;
import io.github.attnpool.internal.formula.StageDouble;
import java.util.Arrays;
import java.util.List;

/** The output as its formula reads, in float64. */
final class ReferenceOutput {
  private final StageDouble first;
  private final StageDouble rest;
  private final HeadCombination form;
  private final int contexts;
  private final int width;

  ReferenceOutput(AttentionParameters parameters) {
    List<Step> steps = parameters.output();
    this.first = new StageDouble(steps.subList(0, 1));
    this.rest = new StageDouble(steps.subList(1, steps.size()));
    this.form = parameters.headCombination();
    this.contexts = parameters.contexts();
    this.width = parameters.width();
  }

  /**
   * Returns the logits.
   *
   * @param context of all heads, one after the other
   */
  double[] logits(double[] context) {
    return rest.apply(
        switch (form) {
          case CONCAT -> first.apply(context);
          case MEAN -> first.apply(mean(context));
          case PER_HEAD -> perHead(context);
        });
  }

  private double[] mean(double[] context) {
    double[] mean = new double[width];
    for (int i = 0; i < context.length; i++) {
      mean[i % width] += context[i] / contexts;
    }
    return mean;
  }

  /** Value r is F_r·c_r + g_r. */
  private double[] perHead(double[] context) {
    double[] values = new double[contexts];
    for (int head = 0; head < contexts; head++) {
      double[] own = Arrays.copyOfRange(context, head * width, (head + 1) * width);
      values[head] = first.apply(own)[head];
    }
    return values;
  }
}
