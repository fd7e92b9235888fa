package io.github.attnpool.internal.jvm.reference;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.internal.formula.SplitStage;
import io.github.attnpool.internal.formula.StageDouble;
import io.github.attnpool.spi.RowBatch;
import java.util.Arrays;

/** Scores as their formula reads, in float64. */
final class ReferenceScores {
  private final SplitStage hidden;
  private final SplitStage gate;
  private final boolean gated;
  private final StageDouble query;
  private final StageDouble score;

  ReferenceScores(AttentionParameters parameters) {
    this.hidden = new SplitStage(parameters.hidden(), parameters.rowWidth());
    this.gated = !parameters.gate().isEmpty();
    this.gate = new SplitStage(parameters.gate(), parameters.rowWidth());
    this.query = new StageDouble(parameters.query());
    this.score = new StageDouble(parameters.score());
  }

  /** What the first maps give, without bias: W·x, followed by V·x where there is a gate. */
  double[] units(double[] x) {
    double[] units = hidden.before(x);
    if (!gated) {
      return units;
    }
    double[] both = Arrays.copyOf(units, unitsWidth());
    System.arraycopy(gate.before(x), 0, both, units.length, gate.width());
    return both;
  }

  /** Number of hidden units with those of the gate. */
  int unitsWidth() {
    return hidden.width() + (gated ? gate.width() : 0);
  }

  /** b + q of a sequence, where q is its query term, if it has one. */
  double[] bias(RowBatch in, int sequence) {
    double[] sum = new double[hidden.width()];
    if (in.hasQueries()) {
      double[] q = new double[in.queryWidth()];
      for (int i = 0; i < q.length; i++) {
        long at = ((long) sequence * q.length + i) * Float.BYTES;
        q[i] = in.queries().get(JAVA_FLOAT_UNALIGNED, at);
      }
      sum = query.apply(q).clone();
    }
    for (int d = 0; d < sum.length; d++) {
      sum[d] += hidden.bias()[d];
    }
    return sum;
  }

  /**
   * The scores of one row, from what its first maps give.
   *
   * @param units of {@link #units}
   * @param bias of {@link #bias}
   * @param step the row's place in its sequence
   */
  double[] scores(double[] units, double[] bias, long step) {
    double[] u = Arrays.copyOf(units, hidden.width());
    for (int d = 0; d < u.length; d++) {
      u[d] += bias[d];
    }
    u = hidden.after(u);
    if (gated) {
      double[] g = Arrays.copyOfRange(units, hidden.width(), units.length);
      for (int d = 0; d < g.length; d++) {
        g[d] += gate.bias()[d];
      }
      g = gate.after(g);
      for (int d = 0; d < u.length; d++) {
        u[d] *= g[d];
      }
    }
    return score.apply(u, step);
  }
}
