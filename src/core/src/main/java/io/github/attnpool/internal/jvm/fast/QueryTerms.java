package io.github.attnpool.internal.jvm.fast;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The hidden units' bias and the query term of sequences: b + W_q·q. Scratch of one thread. */
final class QueryTerms {
  private final float[] bias; // filled up to whole vectors
  private final int units;
  private final @Nullable StageSegments map; // null where it is the term itself
  private final float[] term; // of the current sequence, filled up with zeros

  QueryTerms(JvmTileProgram program) {
    PackedLayer layer = program.layer();
    this.bias = layer.bias;
    this.units = program.form().biases();
    this.map = layer.query == null ? null : new StageSegments(layer.query);
    this.term = new float[bias.length];
  }

  /** Bias and term of each query, F32 [batch, D]. */
  void write(MemorySegment queries, long batch, MemorySegment biases) {
    if (map != null) {
      map.apply(queries, batch, biases, 0);
      return;
    }
    long bytes = (long) units * Float.BYTES;
    for (long b = 0; b < batch; b++) {
      read(queries, b * bytes);
      for (int d = 0; d < units; d++) {
        term[d] += bias[d];
      }
      MemorySegment.copy(term, 0, biases, JAVA_FLOAT_UNALIGNED, b * bytes, units);
    }
  }

  /** One sequence's, filled up to whole vectors; valid until the next call. */
  float[] read(MemorySegment biases, long offset) {
    MemorySegment.copy(biases, JAVA_FLOAT_UNALIGNED, offset, term, 0, units);
    return term;
  }
}
