package io.github.attnpool.internal.cuda;

import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;

/**
 * The staged plan: the textbook steps one after another over all rows of the piece, each a call of
 * its own. Every intermediate stands whole in memory: made to be read, not to be fast.
 */
final class StagedPiece extends PieceRun {
  private GpuMatrix pooled = GpuMatrix.NONE;

  StagedPiece(
      DeviceParameters parameters,
      CallSlot slot,
      RowBatch in,
      KeyBatch keys,
      Piece piece,
      Wanted wanted) {
    super(parameters, slot, in, keys, piece, wanted.pools(), Math.max(1, piece.rows()), true);
  }

  @Override
  void chunk(HiddenSteps steps, long first, long rows, long biases, long tile, TileRun tiles) {
    score(steps, first, rows, biases, tiles);
    pooled = steps.pooled();
  }

  /** Scores to weights, by cuDNN. */
  void softmax(CudnnSoftmax softmax) {
    long heads = parameters.heads();
    long offsets = table.offsets(memory.tables);
    long rows = piece.rows();
    DeviceKernels.pad(
        memory.scores,
        rows,
        heads,
        offsets,
        piece.sequences(),
        piece.longest(),
        memory.padded,
        queue);
    softmax.run(memory.padded, piece.sequences() * heads, piece.longest(), queue.stream());
    DeviceKernels.unpad(
        memory.padded,
        piece.longest(),
        memory.scores,
        rows,
        heads,
        offsets,
        piece.sequences(),
        parameters.source().softmaxEpsilon(),
        memory.weights,
        queue);
  }

  /** Rows times weights, summed: contexts. */
  void pool() {
    if (piece.rows() > 0) {
      DeviceKernels.pool(
          pooled,
          piece.rows(),
          parameters.width(),
          memory.weights,
          piece.rows(),
          parameters.heads(),
          true,
          table.tiles(memory.tables, 0, piece.tiles()),
          memory.partials(),
          queue);
    }
    DeviceKernels.merge(
        memory.partials(),
        piece.tiles(),
        parameters.width(),
        parameters.heads(),
        DeviceKernels.Merge.WEIGHTS,
        table.sequenceTiles(memory.tables),
        piece.sequences(),
        0,
        memory.maxSum,
        0,
        memory.contexts,
        queue);
  }
}
