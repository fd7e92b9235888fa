package io.github.attnpool.internal.cuda;

import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;

/**
 * The fused plan: each chunk goes from rows to states of its tiles while its hidden units are in
 * the L2 cache; then states are merged in the order of rows.
 */
final class FusedPiece extends PieceRun {
  private final Wanted wanted;

  FusedPiece(
      DeviceParameters parameters,
      CallSlot slot,
      RowBatch in,
      KeyBatch keys,
      Piece piece,
      Wanted wanted,
      long chunkRows) {
    super(parameters, slot, in, keys, piece, wanted.pools(), chunkRows, false);
    this.wanted = wanted;
  }

  @Override
  void chunk(HiddenSteps steps, long first, long rows, long biases, long tile, TileRun tiles) {
    score(steps, first, rows, biases, tiles);
    if (wanted.softmax()) {
      DeviceKernels.pool(
          steps.pooled(),
          rows,
          width(),
          memory.scores + first * Float.BYTES,
          piece.rows(),
          parameters.heads(),
          false,
          tiles,
          memory.partials().from(tile, parameters.heads(), width()),
          queue);
    }
  }

  private long width() {
    return wanted.pools() ? parameters.width() : 0;
  }

  /** From the states of tiles to those of sequences, and contexts. */
  void merge() {
    DeviceKernels.merge(
        memory.partials(),
        piece.tiles(),
        width(),
        parameters.heads(),
        DeviceKernels.Merge.START,
        table.sequenceTiles(memory.tables),
        piece.sequences(),
        parameters.source().softmaxEpsilon(),
        memory.maxSum,
        0,
        wanted.pools() ? memory.contexts : 0,
        queue);
  }

  /** Adds the states of tiles to that of a sequence that comes in parts. */
  void mergeInto(DeviceState state) {
    DeviceKernels.merge(
        memory.partials(),
        piece.tiles(),
        parameters.width(),
        parameters.heads(),
        DeviceKernels.Merge.RESUME,
        table.sequenceTiles(memory.tables),
        1,
        parameters.source().softmaxEpsilon(),
        state.maxSum(),
        state.context(),
        0,
        queue);
  }

  /** Scores to weights, in place. */
  void weigh() {
    DeviceKernels.weights(
        memory.scores,
        piece.rows(),
        piece.rows(),
        parameters.heads(),
        table.tiles(memory.tables, 0, piece.tiles()),
        memory.maxSum,
        piece.sequences(),
        parameters.source().softmaxEpsilon(),
        queue);
  }
}
