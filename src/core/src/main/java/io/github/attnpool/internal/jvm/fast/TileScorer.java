package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Scores of rows of the open tile: e = a·u + c with u = f(W·x + b) ⊙ sigmoid(V·x + v), or u = x.
 * Hidden units come a panel at a time and stay in the L1 cache, unless the tile has them already.
 * Scratch of one thread.
 */
final class TileScorer {
  private final PackedLayer layer;
  private final TileKernels kernels;
  private final Activation activation;
  private final int heads;
  private final int lanes;
  private final int rows; // of a tile, in whole quads
  private final OpenTile tile;
  private final RowQuad x = new RowQuad();
  private final RowQuad units; // of one panel; empty in the linear form
  private final RowQuad gates; // as the units; empty without a gate
  private final float[] bias; // of one panel
  private final float[] gateBias; // of one panel
  private final float[] scratch;
  private final float[] sums; // [heads, rows, lanes]: scores, not yet added up over the lanes

  TileScorer(JvmTileProgram program, OpenTile tile) {
    this.layer = program.layer();
    this.kernels = program.kernels();
    this.activation = program.parameters().activation();
    this.heads = program.parameters().heads();
    this.lanes = kernels.lanes();
    this.rows = Padding.up(program.tileRows(), RowQuad.ROWS);
    this.tile = tile;
    int panel = layer.hidden == null ? 0 : layer.hidden.panel(0);
    this.units = RowQuad.separate(panel);
    this.gates = RowQuad.separate(layer.gate == null ? 0 : panel);
    this.bias = new float[panel];
    this.gateBias = new float[panel];
    this.scratch = new float[panel];
    this.sums = new float[Math.multiplyExact(heads * rows, lanes)];
  }

  /**
   * Scores of some rows.
   *
   * @param bias of the hidden units, filled up to whole vectors; unused in the linear form
   * @param stored whether to take the units from the tile, also where it has to compute them first:
   *     it computes those of all rows at once
   * @param scores [heads, stride], overwritten where these rows have their place
   */
  void score(int first, int count, float[] bias, boolean stored, float[] scores, int stride) {
    int whole = Padding.up(count, RowQuad.ROWS);
    for (int head = 0; head < heads; head++) {
      Arrays.fill(sums, head * rows * lanes, (head * rows + whole) * lanes, 0);
    }
    PackedWeights hidden = layer.hidden;
    if (hidden == null) {
      scoreLinear(first, count);
    } else {
      for (int d = 0; d < hidden.units; d += hidden.panel(d)) {
        scorePanel(hidden, first, count, bias, stored ? tile.units() : null, d);
      }
    }
    for (int head = 0; head < heads; head++) {
      for (int t = 0; t < count; t++) {
        scores[head * stride + first + t] = sumLanes((head * rows + t) * lanes) + layer.c[head];
      }
    }
  }

  private void scoreLinear(int first, int count) {
    int columns = tile.columns();
    for (int t = 0; t < count; t += RowQuad.ROWS) {
      x.moveTo(tile.rows(), (first + t) * columns, columns);
      addProducts(x, columns, 0, columns, t);
    }
  }

  /** The part of some hidden units in the scores; their weights stay in the cache meanwhile. */
  private void scorePanel(
      PackedWeights hidden,
      int first,
      int count,
      float[] allBias,
      float @Nullable [] stored,
      int unit) {
    PackedWeights gate = layer.gate;
    int panel = hidden.panel(unit);
    int real = Math.min(panel, hidden.realUnits - unit);
    System.arraycopy(allBias, unit, bias, 0, panel);
    if (gate != null) {
      System.arraycopy(layer.gateBias, unit, gateBias, 0, panel);
    }
    for (int t = 0; t < count; t += RowQuad.ROWS) {
      if (stored == null) {
        x.moveTo(tile.rows(), (first + t) * tile.columns(), tile.columns());
        hidden.multiply(x, unit, units);
      } else {
        load(stored, first + t, unit, real, panel, units);
      }
      kernels.activate(activation, units, bias, panel, scratch);
      if (gate != null) {
        if (stored == null) {
          gate.multiply(x, unit, gates);
        } else {
          load(stored, first + t, hidden.realUnits + unit, real, panel, gates);
        }
        kernels.activate(Activation.SIGMOID, gates, gateBias, panel, scratch);
        units.multiply(gates, panel);
      }
      addProducts(units, panel, unit, hidden.units, t);
    }
  }

  /** Takes units of four rows from the tile; 0 for padding. */
  private void load(float[] stored, int row, int at, int count, int panel, RowQuad to) {
    int width = tile.unitsWidth();
    to.copyRows(stored, row * width + at, width, count);
    to.clear(count, panel);
  }

  private void addProducts(RowQuad u, int count, int unit, int allUnits, int row) {
    for (int head = 0; head < heads; head++) {
      int sumsAt = (head * rows + row) * lanes;
      kernels.addProducts(u, count, layer.a, head * allUnits + unit, sums, sumsAt);
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
