package io.github.attnpool.internal.jvm.fast;

import java.util.Arrays;

/**
 * The score map, e = a·u + c, on units that come four rows at a time: products are summed lane by
 * lane first, and the lanes at the end. Scratch of one thread.
 */
final class UnitDots {
  private static final int SUMS_BYTES = 4 << 20;

  private final PackedLayer layer;
  private final TileKernels kernels;
  private final int heads;
  private final int lanes;
  private final int
      rows; // that are summed at once, in whole quads: a tile's, unless heads are many
  private final int allUnits; // filled up to whole vectors
  private final RowQuad quad = new RowQuad();
  private final float[] sums; // [heads, rows, lanes]: scores, not yet added up over the lanes

  UnitDots(JvmTileProgram program) {
    this.layer = program.layer();
    this.kernels = program.kernels();
    this.heads = program.form().heads();
    this.lanes = kernels.lanes();
    int fitting = SUMS_BYTES / Float.BYTES / lanes / heads & -RowQuad.ROWS;
    int tileRows = Padding.up(program.tileRows(), RowQuad.ROWS);
    this.rows = Math.min(tileRows, Math.max(RowQuad.ROWS, fitting));
    this.allUnits = Padding.up(program.form().units(), lanes);
    this.sums = new float[Math.multiplyExact(heads * rows, lanes)];
  }

  /** Returns how many rows there are sums for. */
  int rows() {
    return rows;
  }

  /** Starts on some rows, at most {@link #rows}. */
  void clear(int count) {
    int whole = Padding.up(count, RowQuad.ROWS);
    for (int head = 0; head < heads; head++) {
      Arrays.fill(sums, head * rows * lanes, (head * rows + whole) * lanes, 0);
    }
  }

  /**
   * Adds the products of some units of four rows.
   *
   * @param unit the first one
   * @param row the first one, counted from where the scores begin
   */
  void add(RowQuad u, int count, int unit, int row) {
    for (int head = 0; head < heads; head++) {
      int sumsAt = (head * rows + row) * lanes;
      kernels.addProducts(u, count, layer.a, head * allUnits + unit, sums, sumsAt);
    }
  }

  /** Writes the scores of the rows. */
  void write(int first, int count, TileScores scores) {
    for (int head = 0; head < heads; head++) {
      for (int t = 0; t < count; t++) {
        scores.values[scores.index(head, first + t)] =
            sumLanes((head * rows + t) * lanes) + layer.c[head];
      }
    }
  }

  /**
   * Scores rows whose units are all there.
   *
   * @param units [rows, units filled up], with room for whole quads
   */
  void score(float[] units, int first, int count, TileScores scores) {
    for (int from = 0; from < count; from += rows) {
      scoreSome(units, first + from, Math.min(rows, count - from), scores);
    }
  }

  private void scoreSome(float[] units, int first, int count, TileScores scores) {
    clear(count);
    for (int t = 0; t < count; t += RowQuad.ROWS) {
      quad.moveTo(units, (first + t) * allUnits, allUnits);
      add(quad, allUnits, 0, t);
    }
    write(first, count, scores);
  }

  private float sumLanes(int at) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    for (int i = at; i < at + lanes; i += 4) {
      sum0 += sums[i];
      sum1 += sums[i + 1];
      sum2 += sums[i + 2];
      sum3 += sums[i + 3];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }
}
