package io.github.attnpool.internal.jvm.reference;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.internal.formula.ActivationDouble;
import io.github.attnpool.internal.formula.DenseDouble;
import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.spi.RowBatch;
import org.jspecify.annotations.Nullable;

/** Scores as their formula reads, in float64. */
final class ReferenceScores {
  private final @Nullable DenseDouble hidden; // W, or [W;V], without bias; null in the linear form
  private final float[] bias; // b; empty in the linear form
  private final float @Nullable [] gateBias; // v; null without a gate
  private final @Nullable DenseDouble query; // null where a query is the term itself
  private final Activation activation;
  private final DenseDouble score;
  private final double temperature;
  private final int units;
  private final int unitsWidth; // with those of the gate

  ReferenceScores(AttentionParameters parameters) {
    this.hidden =
        parameters.hidden().isPresent() ? new DenseDouble(EffectiveMaps.hidden(parameters)) : null;
    this.bias = parameters.hidden().map(EffectiveMaps::bias).orElseGet(() -> new float[0]);
    this.gateBias = parameters.gate().map(EffectiveMaps::bias).orElse(null);
    this.query = parameters.query().map(DenseDouble::new).orElse(null);
    this.activation = parameters.activation();
    this.score = new DenseDouble(parameters.score());
    this.temperature = parameters.temperature();
    this.units = parameters.units();
    this.unitsWidth = Math.toIntExact(EffectiveMaps.rowUnits(parameters));
  }

  /** W·x, followed by V·x where there is a gate; x itself in the linear form. */
  double[] units(double[] x) {
    return hidden == null ? x : hidden.apply(x);
  }

  /** Number of hidden units with those of the gate. */
  int unitsWidth() {
    return unitsWidth;
  }

  /** b + q of a sequence, where q is its query term, if it has one; empty in the linear form. */
  double[] bias(RowBatch in, int sequence) {
    if (hidden == null) {
      return new double[0];
    }
    double[] sum = new double[units];
    if (in.hasQueries()) {
      sum = new double[in.queryWidth()];
      for (int i = 0; i < sum.length; i++) {
        long at = ((long) sequence * sum.length + i) * Float.BYTES;
        sum[i] = in.queries().get(JAVA_FLOAT_UNALIGNED, at);
      }
      sum = query == null ? sum : query.apply(sum);
    }
    for (int d = 0; d < units; d++) {
      sum[d] += bias[d];
    }
    return sum;
  }

  /** e = (a·u + c)/temperature of one row, with u = f(W·x + b + q) ⊙ sigmoid(V·x + v). */
  double[] scores(double[] unitsOrX, double[] bias) {
    double[] u = unitsOrX;
    if (hidden != null) {
      u = new double[units];
      for (int d = 0; d < units; d++) {
        u[d] = ActivationDouble.apply(activation, unitsOrX[d] + bias[d]);
        if (gateBias != null) {
          u[d] *= ActivationDouble.apply(Activation.SIGMOID, unitsOrX[units + d] + gateBias[d]);
        }
      }
    }
    double[] e = score.apply(u);
    for (int head = 0; head < e.length; head++) {
      e[head] /= temperature;
    }
    return e;
  }
}
