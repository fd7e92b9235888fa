package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Sequences;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/** A ragged batch of random rows, and what the formulas yield of it in float64. */
final class BatchCase {
  final AttentionParameters parameters;
  private final long[] offsets;
  private final float[] x;
  private final float[] queries; // null without

  BatchCase(int seed, AttentionParameters parameters, boolean withQueries, int... lengths) {
    Random random = new Random(seed);
    this.parameters = parameters;
    this.offsets = new long[lengths.length + 1];
    for (int b = 0; b < lengths.length; b++) {
      offsets[b + 1] = offsets[b] + lengths[b];
    }
    this.x = BothKernels.uniform(random, rows() * parameters.inputWidth(), 1);
    this.queries =
        withQueries
            ? BothKernels.uniform(random, lengths.length * parameters.queryWidth(), 1)
            : null;
  }

  private BatchCase(AttentionParameters parameters, long[] offsets, float[] x, float[] queries) {
    this.parameters = parameters;
    this.offsets = offsets;
    this.x = x;
    this.queries = queries;
  }

  /** The same with one of the sequences only. */
  BatchCase only(int sequence) {
    int width = parameters.inputWidth();
    int from = (int) offsets[sequence];
    int to = (int) offsets[sequence + 1];
    int query = parameters.queryWidth();
    return new BatchCase(
        parameters,
        new long[] {0, to - from},
        Arrays.copyOfRange(x, from * width, to * width),
        queries == null
            ? null
            : Arrays.copyOfRange(queries, sequence * query, (sequence + 1) * query));
  }

  int batch() {
    return offsets.length - 1;
  }

  private int rows() {
    return (int) offsets[batch()];
  }

  Sequences sequences(Arena arena) {
    Sequences in =
        Sequences.ragged(
            arena.allocateFrom(JAVA_FLOAT, x), ElementType.F32, parameters.inputWidth(), offsets);
    return queries == null ? in : in.withQueries(arena.allocateFrom(JAVA_FLOAT, queries));
  }

  /** A result's part that belongs to one sequence. */
  float[] part(Output output, float[] values, int sequence) {
    int perSequence = values.length / batch();
    return switch (output) {
      case CONTEXT, LOGITS ->
          Arrays.copyOfRange(values, sequence * perSequence, (sequence + 1) * perSequence);
      case WEIGHTS, SCORES -> {
        int from = (int) offsets[sequence];
        int count = (int) offsets[sequence + 1] - from;
        float[] part = new float[parameters.heads() * count];
        for (int head = 0; head < parameters.heads(); head++) {
          System.arraycopy(values, head * rows() + from, part, head * count, count);
        }
        yield part;
      }
    };
  }

  /** All results; logits only where there is an output layer. */
  Map<Output, double[]> expected() {
    int heads = parameters.heads();
    int width = parameters.width();
    Map<Output, double[]> results = new EnumMap<>(Output.class);
    results.put(Output.CONTEXT, new double[batch() * heads * width]);
    results.put(Output.WEIGHTS, new double[heads * rows()]);
    results.put(Output.SCORES, new double[heads * rows()]);
    if (parameters.logitCount() > 0) {
      results.put(Output.LOGITS, new double[batch() * parameters.logitCount()]);
    }
    for (int b = 0; b < batch(); b++) {
      write(b, results);
    }
    return results;
  }

  private void write(int sequence, Map<Output, double[]> results) {
    int from = (int) offsets[sequence];
    int count = (int) offsets[sequence + 1] - from;
    int width = parameters.width();
    double[] query =
        queries == null ? null : Formula.row(queries, sequence, parameters.queryWidth());
    double[][] rows = new double[count][];
    double[][] scores = new double[parameters.heads()][count];
    for (int t = 0; t < count; t++) {
      rows[t] = Formula.pooled(parameters, Formula.row(x, from + t, parameters.inputWidth()));
      double[] e = Formula.scores(parameters, rows[t], query);
      for (int head = 0; head < e.length; head++) {
        scores[head][t] = e[head];
      }
    }
    double[][] contexts = new double[scores.length][width];
    for (int head = 0; head < scores.length; head++) {
      double[] weights = Formula.weights(scores[head], parameters.softmaxEpsilon());
      for (int t = 0; t < count; t++) {
        for (int i = 0; i < width; i++) {
          contexts[head][i] += weights[t] * rows[t][i];
        }
      }
      int at = head * rows() + from;
      System.arraycopy(weights, 0, results.get(Output.WEIGHTS), at, count);
      System.arraycopy(scores[head], 0, results.get(Output.SCORES), at, count);
      at = (sequence * scores.length + head) * width;
      System.arraycopy(contexts[head], 0, results.get(Output.CONTEXT), at, width);
    }
    if (results.containsKey(Output.LOGITS)) {
      double[] logits = Formula.logits(parameters, contexts);
      int at = sequence * logits.length;
      System.arraycopy(logits, 0, results.get(Output.LOGITS), at, logits.length);
    }
  }
}
