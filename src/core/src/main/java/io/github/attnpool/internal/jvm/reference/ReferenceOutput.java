package io.github.attnpool.internal.jvm.reference;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.internal.formula.DenseDouble;
import java.util.Arrays;

/** The output layer as its formula reads, in float64. */
final class ReferenceOutput {
  private final DenseDouble map;
  private final HeadCombination form;
  private final int heads;
  private final int width;

  ReferenceOutput(AttentionParameters parameters) {
    this.map = new DenseDouble(parameters.outputLayer().orElseThrow());
    this.form = parameters.headCombination();
    this.heads = parameters.heads();
    this.width = parameters.width();
  }

  /**
   * y = F·c + g.
   *
   * @param contexts [R·H]
   */
  double[] logits(double[] contexts) {
    return switch (form) {
      case CONCAT -> map.apply(contexts);
      case MEAN -> map.apply(mean(contexts));
      case PER_HEAD -> perHead(contexts);
    };
  }

  private double[] mean(double[] contexts) {
    double[] mean = new double[width];
    for (int i = 0; i < contexts.length; i++) {
      mean[i % width] += contexts[i] / heads;
    }
    return mean;
  }

  /** Logit r is F_r·c_r + g_r. */
  private double[] perHead(double[] contexts) {
    double[] logits = new double[heads];
    for (int head = 0; head < heads; head++) {
      double[] context = Arrays.copyOfRange(contexts, head * width, (head + 1) * width);
      logits[head] = map.apply(context)[head];
    }
    return logits;
  }
}
