package io.github.attnpool.internal.fused;

import io.github.attnpool.internal.maps.LayerForm;

/**
 * The sizes of a layer's tiles.
 *
 * @param rows of a tile, and of a block of a sequence that is longer: see {@link FusedEngine}
 * @param inputWidth values in a row of x
 * @param rowWidth values in a row that is scored
 * @param heads scores per row
 * @param states how unfinished softmaxes lie in memory
 * @param isPerChannel whether each column of the values has a softmax of its own
 * @param hasStepBias whether scores depend on the place of a row in its sequence
 * @param contextValues values in the contexts of a sequence
 * @param units values that the first maps give per row
 * @param biases values in the bias and query term of a sequence
 */
record TileShape(
    int rows,
    int inputWidth,
    int rowWidth,
    int heads,
    StateMemory states,
    boolean isPerChannel,
    boolean hasStepBias,
    long contextValues,
    long units,
    int biases) {

  static TileShape of(LayerForm form, int rows) {
    return new TileShape(
        rows,
        form.inputWidth(),
        form.rowWidth(),
        form.heads(),
        StateMemory.of(form),
        form.isPerChannel(),
        form.hasStepBias(),
        (long) form.contexts() * form.contextWidth(),
        form.firstUnits(),
        form.biases());
  }

  /** Bytes of a scored row, F32. */
  long rowBytes() {
    return (long) rowWidth * Float.BYTES;
  }

  /** Bytes of a row's hidden units. */
  long unitsBytes() {
    return units * Float.BYTES;
  }

  /** Bytes of a sequence's bias. */
  long biasBytes() {
    return (long) biases * Float.BYTES;
  }

  /** Bytes of the contexts of a sequence. */
  long contextBytes() {
    return contextValues * Float.BYTES;
  }
}
