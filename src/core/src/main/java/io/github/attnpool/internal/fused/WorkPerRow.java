package io.github.attnpool.internal.fused;

import io.github.attnpool.internal.maps.LayerForm;

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

  /** Multiply-adds that pass while a channel is scored and pooled with its own softmax. */
  private static final long CHANNEL = 32;

  static WorkPerRow of(LayerForm form) {
    long width = form.values().width();
    long units = form.hidden().first().isPresent() ? UNIT * form.firstUnits() : 0;
    long scores = (long) form.units() * form.heads();
    long pooled = form.isPerChannel() ? CHANNEL * width : VALUE * width * form.heads();
    long fromKeys = units + scores + pooled;
    return new WorkPerRow(form.mapsWork() + fromKeys, fromKeys);
  }

  long of(TileTask task) {
    return task.readsUnits() ? fromKeys : all;
  }
}
