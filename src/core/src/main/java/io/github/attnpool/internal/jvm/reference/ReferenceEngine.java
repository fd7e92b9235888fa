package io.github.attnpool.internal.jvm.reference;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Output;
import io.github.attnpool.internal.formula.WeightedMoments;
import io.github.attnpool.internal.results.MaskedResults;
import io.github.attnpool.internal.rows.RunCursor;
import io.github.attnpool.spi.Engine;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.EngineOptions;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import io.github.attnpool.spi.ScoreBias;
import io.github.attnpool.spi.StreamEngine;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The layer as its formula reads, one sequence after another, in float64. The reference that the
 * fast engines are held against, and the fallback where no native library loads.
 */
public final class ReferenceEngine implements Engine {
  private final AttentionParameters parameters;
  private final ReferenceScores scores;
  private final @Nullable ReferenceOutput output; // null without an output
  private final MaskedResults masked;

  /** For these parameters. */
  public ReferenceEngine(AttentionParameters parameters, EngineOptions options) {
    this.parameters = parameters;
    this.scores = new ReferenceScores(parameters);
    this.output = parameters.output().isEmpty() ? null : new ReferenceOutput(parameters);
    this.masked = new MaskedResults(parameters, options.emptySequence());
  }

  @Override
  public void forward(EngineInput input, OutputMemory out) {
    RowBatch in = input.rows();
    ReferenceRows rows = new ReferenceRows(parameters, input, scores);
    MemorySegment contexts = contextsFor(out);
    masked.write(in, out, contexts);
    for (int b = 0; b < in.batch(); b++) {
      if (rows.count(b) > 0) {
        pool(in, b, rows, out, contexts);
      }
      if (output != null && contexts != null && out.has(Output.LOGITS)) {
        writeLogits(output, b, contexts, out);
      }
    }
  }

  /** The contexts' memory: the results' own, or scratch for the logits; null if unread. */
  private static @Nullable MemorySegment contextsFor(OutputMemory out) {
    if (out.has(Output.CONTEXT)) {
      return out.context();
    }
    return out.has(Output.LOGITS)
        ? MemorySegment.ofArray(new float[Math.toIntExact(out.size(Output.CONTEXT))])
        : null;
  }

  private void pool(
      RowBatch in,
      int sequence,
      ReferenceRows rows,
      OutputMemory out,
      @Nullable MemorySegment contexts) {
    double[][] perHead = scores(in, sequence, rows);
    for (double[] head : perHead) {
      limitToFloats(head);
    }
    if (out.has(Output.SCORES)) {
      writeRows(in, sequence, perHead, out.scores());
    }
    for (double[] head : perHead) {
      softmax(head, parameters.softmaxEpsilon());
    }
    if (out.has(Output.WEIGHTS)) {
      writeRows(in, sequence, perHead, out.weights());
    }
    if (contexts != null) {
      write(weightedSums(sequence, rows, perHead), contexts, sequence);
    }
  }

  /** Scores are F32: what is beyond its range is infinite, as in every engine. */
  private static void limitToFloats(double[] scores) {
    for (int t = 0; t < scores.length; t++) {
      if (Float.isInfinite((float) scores[t])) {
        scores[t] = (float) scores[t];
      }
    }
  }

  /** Scores, as [heads][rows]. */
  private double[][] scores(RowBatch in, int sequence, ReferenceRows rows) {
    double[][] perHead = new double[parameters.heads()][rows.count(sequence)];
    double[] bias = scores.bias(in, sequence);
    for (int t = 0; t < rows.count(sequence); t++) {
      long row = rows.first(sequence) + t;
      double[] e = scores.scores(rows.units(row), bias, rows.step(sequence, row));
      for (int head = 0; head < e.length; head++) {
        perHead[head][t] = e[head];
      }
    }
    if (in.hasScoreBias()) {
      addBias(in, sequence, perHead);
    }
    return perHead;
  }

  private static void addBias(RowBatch in, int sequence, double[][] perHead) {
    ScoreBias bias = in.scoreBias();
    RunCursor runs = new RunCursor();
    for (int head = 0; head < perHead.length; head++) {
      long base = bias.base(in, sequence, head);
      int t = 0;
      for (runs.start(in.kept(), sequence); runs.next(); ) {
        for (long i = 0; i < runs.rows(); i++) {
          perHead[head][t++] += bias.values()[(int) (base + runs.position() + i)];
        }
      }
    }
  }

  /**
   * α_t = exp(e_t) / (Σ exp(e) + ε), both sides times exp(−max e); zeros if all scores are −∞. In
   * place.
   */
  private static void softmax(double[] scores, double epsilon) {
    double max = Double.NEGATIVE_INFINITY;
    for (double e : scores) {
      max = Math.max(max, e);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      Arrays.fill(scores, 0);
      return;
    }
    double sum = epsilon == 0 ? 0 : epsilon * Math.exp(-max);
    for (int t = 0; t < scores.length; t++) {
      scores[t] = Math.exp(scores[t] - max);
      sum += scores[t];
    }
    for (int t = 0; t < scores.length; t++) {
      scores[t] /= sum;
    }
  }

  /** The contexts of all heads, one after the other; with a softmax per channel one context. */
  private double[] weightedSums(int sequence, ReferenceRows rows, double[][] weights) {
    WeightedMoments[] moments = new WeightedMoments[parameters.contexts()];
    Arrays.setAll(moments, _ -> new WeightedMoments(parameters));
    for (int t = 0; t < rows.count(sequence); t++) {
      double[] x = rows.pooled(rows.first(sequence) + t);
      for (int context = 0; context < moments.length; context++) {
        for (int i = 0; i < x.length; i++) {
          int head = parameters.isPerChannel() ? i : context;
          moments[context].add(i, weights[head][t], x[i]);
        }
      }
    }
    double[] contexts = new double[moments.length * parameters.width()];
    for (int context = 0; context < moments.length; context++) {
      double[] values = moments[context].context();
      System.arraycopy(values, 0, contexts, context * values.length, values.length);
    }
    return contexts;
  }

  private void writeRows(RowBatch in, int sequence, double[][] perHead, MemorySegment to) {
    RunCursor runs = new RunCursor();
    for (int head = 0; head < perHead.length; head++) {
      long base = in.resultBase(sequence, head, perHead.length);
      int t = 0;
      for (runs.start(in.kept(), sequence); runs.next(); ) {
        for (long i = 0; i < runs.rows(); i++) {
          to.setAtIndex(JAVA_FLOAT, base + runs.position() + i, (float) perHead[head][t++]);
        }
      }
    }
  }

  private void writeLogits(
      ReferenceOutput output, int sequence, MemorySegment contexts, OutputMemory out) {
    double[] context = new double[parameters.contexts() * parameters.width()];
    for (int i = 0; i < context.length; i++) {
      context[i] = contexts.getAtIndex(JAVA_FLOAT, (long) sequence * context.length + i);
    }
    write(output.logits(context), out.logits(), sequence);
  }

  @Override
  public void fill(KeyBatch keys) {
    ReferenceRows rows = new ReferenceRows(parameters, keys.rows(), scores);
    long count = keys.rows().kept().count();
    for (long row = 0; row < count; row++) {
      write(rows.units(row), keys.units(), row);
      if (keys.isProjected()) {
        write(rows.scored(row), keys.projected(), row);
      }
    }
  }

  /** Writes the values of one row of a matrix. */
  private static void write(double[] values, MemorySegment to, long row) {
    for (int i = 0; i < values.length; i++) {
      to.setAtIndex(JAVA_FLOAT, row * values.length + i, (float) values[i]);
    }
  }

  @Override
  public Optional<StreamEngine> stream() {
    return Optional.empty();
  }

  @Override
  public boolean addsScoreBias() {
    return true;
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
}
