package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.kernels.MergeStates;
import io.github.attnpool.internal.cuda.kernels.PadScores;
import io.github.attnpool.internal.cuda.kernels.PaddedScores;
import io.github.attnpool.internal.cuda.kernels.PoolTiles;
import io.github.attnpool.internal.cuda.kernels.Scores;
import io.github.attnpool.internal.cuda.kernels.States;
import io.github.attnpool.internal.cuda.kernels.TileRun;
import io.github.attnpool.internal.cuda.kernels.UnpadWeights;
import io.github.attnpool.internal.cuda.nvidia.CudnnSoftmax;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
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

  private Scores weights() {
    return Scores.byHead(memory.weights, piece.rows());
  }

  /** Scores to weights, by cuDNN. */
  void softmax(CudnnSoftmax softmax) {
    long heads = parameters.heads();
    long offsets = table.offsets(memory.tables);
    long rows = piece.rows();
    PaddedScores padded =
        new PaddedScores(memory.padded, piece.sequences(), piece.longest(), offsets);
    queue.put(new PadScores(scores(), rows, heads, padded));
    softmax.run(memory.padded, piece.sequences() * heads, piece.longest(), queue.stream());
    float epsilon = parameters.source().softmaxEpsilon();
    queue.put(new UnpadWeights(padded, scores(), rows, heads, epsilon, weights()));
  }

  /** Rows times weights, summed: contexts. */
  void pool() {
    if (piece.rows() > 0) {
      queue.put(
          new PoolTiles(
              pooled,
              piece.rows(),
              parameters.width(),
              weights(),
              parameters.heads(),
              PoolTiles.Kind.WEIGHTS,
              table.tiles(memory.tables, 0, piece.tiles()),
              memory.partials()));
    }
    queue.put(
        new MergeStates(
            memory.partials(),
            piece.tiles(),
            parameters.width(),
            parameters.heads(),
            MergeStates.Mode.WEIGHTS,
            table.sequenceTiles(memory.tables),
            piece.sequences(),
            0,
            new States(memory.maxSum, 0),
            memory.contexts));
  }
}
