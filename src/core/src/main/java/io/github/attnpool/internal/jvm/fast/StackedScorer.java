package io.github.attnpool.internal.jvm.fast;

import io.github.attnpool.Activation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Scores of rows whose units are computed step by step. Scratch of one thread. */
final class StackedScorer implements RowScorer {
  private final PackedUnits units;
  private final OpenTile tile;
  private final TileKernels kernels;
  private final StageRows upToFirst;
  private final StageRows after;
  private final StageRows gate;
  private final StageRows toScores;
  private final boolean biased;
  private final float[] line; // of one row after the first map
  private final float[] product; // [tileRows, columns] of units and gate; empty without one
  private final @Nullable UnitDots dots; // null where the steps go on to the scores of a row
  private final TileScores scores;
  private final int heads;
  private float @Nullable [] firstUnits; // null until the tile's rows have been multiplied
  private float @Nullable [] gates;
  private long opened = -1; // the tile that they belong to

  StackedScorer(JvmTileProgram program, OpenTile tile, TileScores scores, @Nullable UnitDots dots) {
    this.units = Objects.requireNonNull(program.layer().units, "units");
    this.tile = tile;
    this.kernels = program.kernels();
    this.scores = scores;
    this.dots = dots;
    this.heads = program.form().heads();
    int rows = program.tileRows();
    this.upToFirst = new StageRows(units.upToFirst, rows, false, tile.places());
    boolean ownsUnits = !units.upToFirst.isEmpty();
    this.after = new StageRows(units.after, rows, ownsUnits, tile.places());
    this.gate = new StageRows(units.gate, rows, false, tile.places());
    boolean owned = units.isGated || ownsUnits || !units.after.isEmpty();
    this.toScores = new StageRows(units.toScores, rows, owned, tile.places());
    this.biased = program.layer().bias.length > 0;
    this.line = new float[units.upToFirst.columns()];
    this.product = units.isGated ? DenseRows.room(rows, units.after.columns()) : new float[0];
  }

  @Override
  public void score(int first, int count, float[] bias, boolean shared) {
    if (opened != tile.number()) {
      opened = tile.number();
      firstUnits = upToFirst.apply(tile.rows(), 0, tile.count());
      gates = units.isGated ? gate.apply(tile.rows(), 0, tile.count()) : null;
    }
    float[] rows = Objects.requireNonNull(firstUnits, "firstUnits");
    if (biased) {
      add(bias, rows, first, count);
    }
    rows = after.apply(rows, first, count);
    if (gates != null) {
      multiply(rows, gates, first, count);
      rows = product;
    }
    rows = toScores.apply(rows, first, count);
    if (dots != null) {
      dots.score(rows, first, count, scores);
    } else {
      take(rows, first, count);
    }
  }

  private void add(float[] bias, float[] rows, int first, int count) {
    int columns = line.length;
    for (int t = first; t < first + count; t++) {
      System.arraycopy(rows, t * columns, line, 0, columns);
      kernels.activate(Activation.IDENTITY, line, bias, columns, line);
      System.arraycopy(line, 0, rows, t * columns, columns);
    }
  }

  private void multiply(float[] rows, float[] factors, int first, int count) {
    int columns = after.columns();
    for (int i = first * columns; i < (first + count) * columns; i++) {
      product[i] = rows[i] * factors[i];
    }
  }

  private void take(float[] rows, int first, int count) {
    int columns = toScores.columns();
    for (int t = first; t < first + count; t++) {
      if (scores.headStep == 1) {
        System.arraycopy(rows, t * columns, scores.values, t * scores.rowStep, heads);
      } else {
        for (int head = 0; head < heads; head++) {
          scores.values[scores.index(head, t)] = rows[t * columns + head];
        }
      }
    }
  }
}
