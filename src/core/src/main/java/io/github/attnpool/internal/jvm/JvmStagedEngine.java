package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.KeptRows;
import io.github.attnpool.Linear;
import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import io.github.attnpool.backend.Engine;
import io.github.attnpool.backend.EngineOptions;
import io.github.attnpool.internal.MaskedResults;
import io.github.attnpool.internal.RowReader;
import java.lang.foreign.MemorySegment;

/**
 * The layer as its formula reads, one sequence after another, in float64. The reference that the
 * fast engines are held against, and the fallback where no native library loads.
 */
final class JvmStagedEngine implements Engine {
  private final DenseDouble hidden; // null in the linear form
  private final DenseDouble score;
  private final DenseDouble output; // null without an output layer
  private final MaskedResults masked;

  JvmStagedEngine(AttentionParameters parameters, EngineOptions options) {
    this.hidden = parameters.hidden().map(DenseDouble::new).orElse(null);
    this.score = new DenseDouble(parameters.score());
    this.output = parameters.output().map(DenseDouble::new).orElse(null);
    this.masked = new MaskedResults(options.emptySequence());
  }

  @Override
  public void forward(Sequences in, Pooled out) {
    MemorySegment contexts =
        out.has(Output.CONTEXT)
            ? out.context()
            : MemorySegment.ofArray(new float[Math.toIntExact(out.size(Output.CONTEXT))]);
    masked.write(in, out, contexts);
    for (int b = 0; b < in.batch(); b++) {
      if (in.kept().count(b) > 0) {
        pool(in, b, out, contexts);
      }
      if (out.has(Output.LOGITS)) {
        writeLogits(b, contexts, out);
      }
    }
  }

  private void pool(Sequences in, int sequence, Pooled out, MemorySegment contexts) {
    double[][] scores = scores(in, sequence);
    for (int head = 0; head < scores.length; head++) {
      long first = in.resultIndex(sequence, head, out.heads()) - in.offset(sequence);
      if (out.has(Output.SCORES)) {
        writeRows(in.kept(), sequence, scores[head], out.scores(), first);
      }
      double[] weights = softmax(scores[head]);
      if (out.has(Output.WEIGHTS)) {
        writeRows(in.kept(), sequence, weights, out.weights(), first);
      }
      double[] context = weightedSum(in, sequence, weights);
      long at = ((long) sequence * out.heads() + head) * context.length;
      for (int i = 0; i < context.length; i++) {
        contexts.setAtIndex(JAVA_FLOAT, at + i, (float) context[i]);
      }
    }
  }

  /** e_t = a·tanh(W·x_t + b) + c, as [heads][kept rows]. */
  private double[][] scores(Sequences in, int sequence) {
    KeptRows kept = in.kept();
    int rows = Math.toIntExact(kept.count(sequence));
    double[][] scores = new double[score.outputs()][rows];
    RowReader reader = new RowReader(in);
    float[] row = new float[in.width()];
    double[] x = new double[in.width()];
    for (int t = 0; t < rows; t++) {
      reader.read(kept.position(kept.first(sequence) + t), row);
      for (int i = 0; i < x.length; i++) {
        x[i] = row[i];
      }
      double[] u = x;
      if (hidden != null) {
        u = hidden.apply(x);
        for (int d = 0; d < u.length; d++) {
          u[d] = Math.tanh(u[d]);
        }
      }
      double[] e = score.apply(u);
      for (int head = 0; head < e.length; head++) {
        scores[head][t] = e[head];
      }
    }
    return scores;
  }

  /** α_t = exp(e_t − max e) / Σ exp(e − max e). */
  private static double[] softmax(double[] scores) {
    double max = Double.NEGATIVE_INFINITY;
    for (double e : scores) {
      max = Math.max(max, e);
    }
    double[] weights = new double[scores.length];
    double sum = 0;
    for (int t = 0; t < scores.length; t++) {
      weights[t] = Math.exp(scores[t] - max);
      sum += weights[t];
    }
    for (int t = 0; t < scores.length; t++) {
      weights[t] /= sum;
    }
    return weights;
  }

  /** c = Σ α_t x_t. */
  private static double[] weightedSum(Sequences in, int sequence, double[] weights) {
    RowReader reader = new RowReader(in);
    float[] row = new float[in.width()];
    double[] context = new double[in.width()];
    for (int t = 0; t < weights.length; t++) {
      reader.read(in.kept().position(in.kept().first(sequence) + t), row);
      for (int i = 0; i < row.length; i++) {
        context[i] += weights[t] * row[i];
      }
    }
    return context;
  }

  private static void writeRows(
      KeptRows kept, int sequence, double[] values, MemorySegment to, long first) {
    for (int t = 0; t < values.length; t++) {
      long position = kept.position(kept.first(sequence) + t);
      to.setAtIndex(JAVA_FLOAT, first + position, (float) values[t]);
    }
  }

  /** y = F·c + g over the heads' contexts, one behind the other. */
  private void writeLogits(int sequence, MemorySegment contexts, Pooled out) {
    double[] context = new double[output.inputs()];
    for (int i = 0; i < context.length; i++) {
      context[i] = contexts.getAtIndex(JAVA_FLOAT, (long) sequence * context.length + i);
    }
    double[] logits = output.apply(context);
    for (int o = 0; o < logits.length; o++) {
      out.logits().setAtIndex(JAVA_FLOAT, (long) sequence * logits.length + o, (float) logits[o]);
    }
  }

  @Override
  public String isa() {
    return "jvm";
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void close() {
    // Everything is on the heap.
  }

  /** A linear map with float64 sums. */
  private static final class DenseDouble {
    private final Linear map;
    private final float[] weight;
    private final float[] bias;

    DenseDouble(Linear map) {
      this.map = map;
      this.weight = map.weight();
      this.bias = map.bias().orElseGet(() -> new float[map.outputs()]);
    }

    int inputs() {
      return map.inputs();
    }

    int outputs() {
      return map.outputs();
    }

    double[] apply(double[] x) {
      double[] y = new double[outputs()];
      for (int o = 0; o < y.length; o++) {
        double sum = bias[o];
        int row = o * x.length;
        for (int i = 0; i < x.length; i++) {
          sum += (double) weight[row + i] * x[i];
        }
        y[o] = sum;
      }
      return y;
    }
  }
}
