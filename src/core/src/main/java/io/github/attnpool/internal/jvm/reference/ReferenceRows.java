package io.github.attnpool.internal.jvm.reference;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.internal.formula.PooledRows;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/** The rows of one call, by their number among those that take part: from x, or from its keys. */
final class ReferenceRows {
  private final EngineInput input;
  private final KeptRows kept;
  private final PooledRows fromX;
  private final ReferenceScores scores;
  private final int width; // of a scored row

  ReferenceRows(AttentionParameters parameters, EngineInput input, ReferenceScores scores) {
    this.input = input;
    this.kept = input.rows().kept();
    this.fromX = new PooledRows(parameters, input.rows());
    this.scores = scores;
    this.width = parameters.rowWidth();
  }

  /** Number of a sequence's first row. */
  long first(int sequence) {
    return kept.first(sequence);
  }

  /** How many rows a sequence has. */
  int count(int sequence) {
    return Math.toIntExact(kept.count(sequence));
  }

  /** A row as it is pooled. */
  double[] pooled(long row) {
    return input instanceof KeyBatch keys && keys.isProjected()
        ? fromX.values(read(keys.projected(), row, width))
        : fromX.pooled(kept.position(row));
  }

  /** A row as it is scored. */
  double[] scored(long row) {
    return fromX.scored(kept.position(row));
  }

  /** What the first maps give: {@link ReferenceScores#units}. */
  double[] units(long row) {
    return switch (input) {
      case RowBatch _ -> scores.units(scored(row));
      case KeyBatch keys -> read(keys.units(), row, scores.unitsWidth());
    };
  }

  /** A row's place in its sequence, masked rows counted. */
  long step(int sequence, long row) {
    return kept.position(row) - input.rows().offset(sequence);
  }

  private static double[] read(MemorySegment floats, long row, int width) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = floats.getAtIndex(JAVA_FLOAT, row * width + i);
    }
    return values;
  }
}
