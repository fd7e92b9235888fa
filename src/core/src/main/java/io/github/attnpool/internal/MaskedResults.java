package io.github.attnpool.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.EmptySequence;
import io.github.attnpool.KeptRows;
import io.github.attnpool.Output;
import io.github.attnpool.Pooled;
import io.github.attnpool.Sequences;
import java.lang.foreign.MemorySegment;

/**
 * The results that need no computing: of positions that are masked, and of sequences without a kept
 * row. Engines call this first and then write only what kept rows yield.
 */
public final class MaskedResults {
  private final EmptySequence policy;

  public MaskedResults(EmptySequence policy) {
    this.policy = policy;
  }

  /**
   * Weights 0 and scores −∞ at masked positions; empty sequences by the policy.
   *
   * @param contexts [B,R,H], where empty sequences' contexts go
   * @throws AttnPoolException if there is an empty sequence and the policy is ERROR
   */
  public void write(Sequences in, Pooled out, MemorySegment contexts) {
    KeptRows kept = in.kept();
    if (kept.firstEmpty() >= 0 && policy == EmptySequence.ERROR) {
      throw new AttnPoolException(
          "forward", "sequence " + kept.firstEmpty() + " has no rows, must have at least one");
    }
    if (kept.count() < in.positions()) {
      if (out.has(Output.WEIGHTS)) {
        out.weights().fill((byte) 0);
      }
      if (out.has(Output.SCORES)) {
        fill(out.scores(), 0, out.size(Output.SCORES), Float.NEGATIVE_INFINITY);
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

  private void writeEmpty(Sequences in, Pooled out, MemorySegment contexts, int sequence) {
    long steps = in.offset(sequence + 1) - in.offset(sequence);
    float weight =
        switch (policy) {
          case NAN -> Float.NaN;
          case UNIFORM -> 1f / steps;
          case ZERO, ERROR -> 0;
        };
    if (out.has(Output.WEIGHTS)) {
      for (int head = 0; head < out.heads(); head++) {
        fill(out.weights(), in.resultIndex(sequence, head, out.heads()), steps, weight);
      }
    }
    float[] context = new float[in.width()];
    if (policy == EmptySequence.NAN) {
      java.util.Arrays.fill(context, Float.NaN);
    } else if (policy == EmptySequence.UNIFORM && steps > 0) {
      mean(in, sequence, context);
    }
    for (int head = 0; head < out.heads(); head++) {
      long at = ((long) sequence * out.heads() + head) * in.width();
      MemorySegment.copy(context, 0, contexts, JAVA_FLOAT, at * Float.BYTES, in.width());
    }
  }

  private static void mean(Sequences in, int sequence, float[] mean) {
    RowReader reader = new RowReader(in);
    float[] row = new float[in.width()];
    double[] sum = new double[in.width()];
    long steps = in.offset(sequence + 1) - in.offset(sequence);
    for (long t = 0; t < steps; t++) {
      reader.read(in.offset(sequence) + t, row);
      for (int i = 0; i < row.length; i++) {
        sum[i] += row[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sum[i] / steps);
    }
  }

  private static void fill(MemorySegment floats, long from, long count, float value) {
    for (long i = 0; i < count; i++) {
      floats.setAtIndex(JAVA_FLOAT, from + i, value);
    }
  }
}
