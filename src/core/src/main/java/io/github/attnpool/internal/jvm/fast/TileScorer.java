package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import org.jspecify.annotations.Nullable;

/**
 * Scores of rows of the open tile: e = a·u + c with u = f(W·x + b) ⊙ sigmoid(V·x + v), or u = x.
 * Hidden units come a panel at a time and stay in the L1 cache, unless the tile has them already.
 * Scratch of one thread.
 */
final class TileScorer implements RowScorer {
  private final PackedLayer layer;
  private final TileKernels kernels;
  private final Activation activation;
  private final OpenTile tile;
  private final TileScores scores;
  private final UnitDots dots;
  private final RowQuad x = new RowQuad();
  private final RowQuad units; // of one panel; empty in the linear form
  private final RowQuad gates; // as the units; empty without a gate
  private final float[] bias; // of one panel
  private final float[] gateBias; // of one panel
  private final float[] scratch;

  TileScorer(JvmTileProgram program, OpenTile tile, TileScores scores, UnitDots dots) {
    this.layer = program.layer();
    this.kernels = program.kernels();
    this.activation = program.form().hidden().activation();
    this.tile = tile;
    this.scores = scores;
    this.dots = dots;
    int panel = layer.hidden == null ? 0 : layer.hidden.panel(0);
    this.units = RowQuad.separate(panel);
    this.gates = RowQuad.separate(layer.gate == null ? 0 : panel);
    this.bias = new float[panel];
    this.gateBias = new float[panel];
    this.scratch = new float[panel];
  }

  @Override
  public void score(int first, int count, float[] bias, boolean shared) {
    PackedWeights hidden = layer.hidden;
    if (hidden == null) {
      dots.score(tile.rows(), first, count, scores);
      return;
    }
    // Units that are shared come of all rows of the tile at once.
    float[] stored = shared || tile.hasUnits() ? tile.units() : null;
    for (int from = 0; from < count; from += dots.rows()) {
      int some = Math.min(dots.rows(), count - from);
      dots.clear(some);
      for (int d = 0; d < hidden.units; d += hidden.panel(d)) {
        scorePanel(hidden, first + from, some, bias, stored, d);
      }
      dots.write(first + from, some, scores);
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
      dots.add(units, panel, unit, t);
    }
  }

  /** Takes units of four rows from the tile; 0 for padding. */
  private void load(float[] stored, int row, int at, int count, int panel, RowQuad to) {
    int width = tile.unitsWidth();
    to.copyRows(stored, row * width + at, width, count);
    to.clear(count, panel);
  }
}
