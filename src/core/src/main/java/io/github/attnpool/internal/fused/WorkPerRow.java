package io.github.attnpool.internal.fused;

import io.github.attnpool.internal.maps.EffectiveMaps;
import io.github.attnpool.internal.maps.PlainLayer;

/**
 * How long a row takes, in multiply-adds of the matrix multiplication.
 *
 * @param all from x
 * @param fromKeys with the hidden units given
 */
record WorkPerRow(long all, long fromKeys) {
  /** Multiply-adds that pass while a unit is activated and weighed. */
  private static final long UNIT = 16;

  /** Multiply-adds that pass while a value is pooled. */
  private static final long VALUE = 4;

  static WorkPerRow of(PlainLayer parameters) {
    long width = parameters.width();
    long units = EffectiveMaps.rowUnits(parameters);
    long projection = parameters.projection().isPresent() ? parameters.inputWidth() * width : 0;
    long scored = parameters.hidden().isPresent() ? UNIT * units : width * parameters.heads();
    long fromKeys = scored + VALUE * width * parameters.heads();
    return new WorkPerRow(projection + width * units + fromKeys, fromKeys);
  }

  long of(TileTask task) {
    return task.readsUnits() ? fromKeys : all;
  }
}
