package io.github.attnpool.internal.results;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequencePolicy;
import io.github.attnpool.Output;
import io.github.attnpool.internal.formula.PooledRows;
import io.github.attnpool.internal.formula.WeightedMoments;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The results that need no computing: of positions that are masked, and of sequences without kept
 * rows. Engines call this first and then write only the results of kept rows.
 */
public final class MaskedResults {
  private final AttentionParameters parameters;
  private final EmptyResult empty;

  /** For a layer with these parameters and this policy for empty sequences. */
  public MaskedResults(AttentionParameters parameters, EmptySequencePolicy policy) {
    this.parameters = parameters;
    this.empty = new EmptyResult(policy);
  }

  /**
   * Writes weights 0 and scores −∞ at masked positions, and the results for empty sequences.
   *
   * @param contexts [B,R,H], where contexts of empty sequences go; null if nobody reads them
   * @throws AttnPoolException if there is an empty sequence and the policy is ERROR
   */
  public void write(RowBatch in, OutputMemory out, @Nullable MemorySegment contexts) {
    KeptRows kept = in.kept();
    if (kept.firstEmpty() >= 0 && empty.isRefused()) {
      empty.check("forward", "sequence " + kept.firstEmpty());
    }
    if (kept.count() < in.positions()) {
      if (out.has(Output.WEIGHTS)) {
        out.weights().fill((byte) 0);
      }
      if (out.has(Output.SCORES)) {
        writeScores(in, out.scores(), out.heads());
      }
    }
    if (kept.firstEmpty() >= 0) {
      for (int b = kept.firstEmpty(); b < in.batch(); b++) {
        if (kept.count(b) == 0) {
          writeEmpty(in, out, contexts, b);
        }
      }
    }
  }

  /** Writes scores −∞ everywhere, if any position is masked. */
  public void writeScores(RowBatch in, MemorySegment scores, int heads) {
    if (in.kept().count() < in.positions()) {
      fill(scores, 0, heads * in.positions(), Float.NEGATIVE_INFINITY);
    }
  }

  private void writeEmpty(
      RowBatch in, OutputMemory out, @Nullable MemorySegment contexts, int sequence) {
    long steps = in.offset(sequence + 1) - in.offset(sequence);
    if (out.has(Output.WEIGHTS)) {
      float weight = empty.weight(steps);
      for (int head = 0; head < out.heads(); head++) {
        fill(out.weights(), in.resultIndex(sequence, head, out.heads()), steps, weight);
      }
    }
    if (contexts == null) {
      return;
    }
    long width = parameters.width();
    int count = parameters.contexts();
    long first = (long) sequence * count * width;
    if (empty.isMean() && steps > 0) {
      float[] mean = mean(in, sequence, steps);
      for (int context = 0; context < count; context++) {
        long at = (first + context * width) * Float.BYTES;
        MemorySegment.copy(mean, 0, contexts, JAVA_FLOAT, at, mean.length);
      }
    } else {
      fill(contexts, first, count * width, empty.value());
    }
  }

  private float[] mean(RowBatch in, int sequence, long steps) {
    if (in.isOnDevice()) {
      throw new AttnPoolException(
          "sequences", "x lies in device memory, which the host cannot read");
    }
    PooledRows rows = new PooledRows(parameters, in);
    WeightedMoments moments = new WeightedMoments(parameters);
    for (long t = 0; t < steps; t++) {
      double[] row = rows.pooled(in.offset(sequence) + t);
      for (int i = 0; i < row.length; i++) {
        moments.add(i, 1.0 / steps, row[i]);
      }
    }
    double[] context = moments.context();
    float[] mean = new float[context.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) context[i];
    }
    return mean;
  }

  private static void fill(MemorySegment floats, long from, long count, float value) {
    for (long i = 0; i < count; i++) {
      floats.setAtIndex(JAVA_FLOAT, from + i, value);
    }
  }
}
