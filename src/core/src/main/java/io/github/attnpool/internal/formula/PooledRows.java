package io.github.attnpool.internal.formula;

import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.internal.rows.RowReader;
import io.github.attnpool.spi.RowBatch;
import org.jspecify.annotations.Nullable;

/** Rows as they are pooled, in float64: x, after the input projection if there is one. */
public final class PooledRows {
  private final RowReader reader;
  private final float[] raw;
  private final double[] x;
  private final @Nullable DenseDouble projection; // null without one
  private final Activation activation;

  public PooledRows(AttentionParameters parameters, RowBatch in) {
    this.reader = new RowReader(in);
    this.raw = new float[in.width()];
    this.x = new double[in.width()];
    this.projection = parameters.projection().map(DenseDouble::new).orElse(null);
    this.activation = parameters.projectionActivation();
  }

  /** Returns the row at a position; valid until the next call. */
  public double[] read(long position) {
    reader.read(position, raw);
    for (int i = 0; i < x.length; i++) {
      x[i] = raw[i];
    }
    if (projection == null) {
      return x;
    }
    double[] row = projection.apply(x);
    for (int i = 0; i < row.length; i++) {
      row[i] = ActivationDouble.apply(activation, row[i]);
    }
    return row;
  }
}
