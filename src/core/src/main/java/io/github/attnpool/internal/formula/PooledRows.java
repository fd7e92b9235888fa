package io.github.attnpool.internal.formula;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.internal.rows.RowReader;
import io.github.attnpool.spi.RowBatch;

/** The rows of a batch in float64, as they are scored and as they are pooled. */
public final class PooledRows {
  private final RowReader reader;
  private final float[] raw;
  private final StageDouble rows;
  private final StageDouble values;
  private final boolean poolsInput;

  /** Of a batch for a layer. */
  public PooledRows(AttentionParameters parameters, RowBatch in) {
    this.reader = new RowReader(in);
    this.raw = new float[in.width()];
    this.rows = new StageDouble(parameters.rows());
    this.values = new StageDouble(parameters.values());
    this.poolsInput = parameters.poolsInput();
  }

  /** Returns the row at a position as it is scored. */
  public double[] scored(long position) {
    return rows.apply(input(position));
  }

  /** Returns the row at a position as it is pooled. */
  public double[] pooled(long position) {
    return poolsInput ? input(position) : values(scored(position));
  }

  /** Returns what is pooled of a row that is scored. */
  public double[] values(double[] scored) {
    return values.apply(scored);
  }

  private double[] input(long position) {
    reader.read(position, raw);
    double[] x = new double[raw.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = raw[i];
    }
    return x;
  }
}
