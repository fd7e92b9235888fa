package io.github.attnpool.internal.jvm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.KeptRows;
import io.github.attnpool.ProjectedKeys;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.PooledRows;
import java.lang.foreign.MemorySegment;

/** The rows of one call, by their number among those that take part: from x, or from its keys. */
final class ReferenceRows {
  private final KeptRows kept;
  private final PooledRows fromX;
  private final ReferenceScores scores;
  private final ProjectedKeys keys; // null where there are none to read

  /** Rows of x. */
  ReferenceRows(AttentionParameters parameters, Sequences in, ReferenceScores scores) {
    this(parameters, in, null, scores);
  }

  /** Rows of keys. */
  ReferenceRows(AttentionParameters parameters, ProjectedKeys keys, ReferenceScores scores) {
    this(parameters, keys.sequences(), keys, scores);
  }

  private ReferenceRows(
      AttentionParameters parameters, Sequences in, ProjectedKeys keys, ReferenceScores scores) {
    this.kept = in.kept();
    this.fromX = new PooledRows(parameters, in);
    this.scores = scores;
    this.keys = keys;
  }

  /** Number of a sequence's first row. */
  long first(int sequence) {
    return kept.first(sequence);
  }

  /** How many rows a sequence has. */
  int count(int sequence) {
    return Math.toIntExact(kept.count(sequence));
  }

  /** Where a row lies in x, weights and scores. */
  long position(long row) {
    return kept.position(row);
  }

  /** A row as it is pooled. Valid until the next call. */
  double[] pooled(long row) {
    return keys != null && keys.hasRows()
        ? read(keys.rows(), row, keys.parameters().width())
        : fromX.read(kept.position(row));
  }

  /** W·x, and V·x behind it where there is a gate; x itself in the linear form. */
  double[] units(long row) {
    return keys == null ? scores.units(pooled(row)) : read(keys.units(), row, scores.unitsWidth());
  }

  private static double[] read(MemorySegment floats, long row, int width) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = floats.getAtIndex(JAVA_FLOAT, row * width + i);
    }
    return values;
  }
}
