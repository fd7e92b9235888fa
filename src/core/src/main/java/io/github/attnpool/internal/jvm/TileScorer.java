package io.github.attnpool.internal.jvm;

import java.util.Arrays;

/** Scores of a tile's rows: e = a·tanh(W·x + b) + c, or a·x + c. Scratch of one thread. */
final class TileScorer {
  private final JvmTileProgram program;
  private final TileKernels kernels;
  private final int lanes;
  private final int rows; // of a tile, in whole quads
  private final RowQuad x = new RowQuad();
  private final RowQuad units; // of one panel; null in the linear form
  private final float[] sums; // [heads, rows, lanes]: scores, not yet added up over the lanes

  TileScorer(JvmTileProgram program) {
    this.program = program;
    this.kernels = program.kernels();
    this.lanes = kernels.lanes();
    this.rows = Padding.up(program.tileRows(), RowQuad.ROWS);
    this.units = program.hidden() == null ? null : RowQuad.separate(program.hidden().panel(0));
    this.sums = new float[program.heads() * rows * lanes];
  }

  /**
   * Scores of one tile.
   *
   * @param tile its rows, with room for whole quads
   * @param scores [heads, stride], overwritten
   */
  void score(float[] tile, int count, float[] scores, int stride) {
    Arrays.fill(sums, 0);
    if (units == null) {
      scoreLinear(tile, count);
    } else {
      PackedWeights hidden = program.hidden();
      for (int d = 0; d < hidden.units; d += hidden.panel(d)) {
        scorePanel(tile, count, d);
      }
    }
    for (int head = 0; head < program.heads(); head++) {
      for (int t = 0; t < count; t++) {
        scores[head * stride + t] = sumLanes((head * rows + t) * lanes) + program.c(head);
      }
    }
  }

  /** The part of some hidden units in the scores; their weights stay in the cache meanwhile. */
  private void scorePanel(float[] tile, int count, int unit) {
    PackedWeights hidden = program.hidden();
    int panel = hidden.panel(unit);
    for (int t = 0; t < count; t += RowQuad.ROWS) {
      x.moveTo(tile, t * program.columns(), program.columns());
      hidden.multiply(x, unit, units);
      kernels.tanh(units.row0, panel);
      kernels.tanh(units.row1, panel);
      kernels.tanh(units.row2, panel);
      kernels.tanh(units.row3, panel);
      addProducts(units, panel, unit, hidden.units, t);
    }
  }

  private void scoreLinear(float[] tile, int count) {
    for (int t = 0; t < count; t += RowQuad.ROWS) {
      x.moveTo(tile, t * program.columns(), program.columns());
      addProducts(x, program.columns(), 0, program.columns(), t);
    }
  }

  private void addProducts(RowQuad u, int count, int unit, int allUnits, int row) {
    for (int head = 0; head < program.heads(); head++) {
      int sumsAt = (head * rows + row) * lanes;
      kernels.addProducts(u, count, program.a(), head * allUnits + unit, sums, sumsAt);
    }
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
