package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.MemoryPlan.Place;
import io.github.attnpool.internal.cuda.kernels.MergeStates;
import io.github.attnpool.internal.cuda.kernels.PadScores;
import io.github.attnpool.internal.cuda.kernels.PaddedScores;
import io.github.attnpool.internal.cuda.kernels.PoolTiles;
import io.github.attnpool.internal.cuda.kernels.Scores;
import io.github.attnpool.internal.cuda.kernels.States;
import io.github.attnpool.internal.cuda.kernels.UnpadWeights;
import io.github.attnpool.internal.cuda.nvidia.CudnnSoftmax;
import io.github.attnpool.spi.EngineInput;

/**
 * The staged plan: the textbook steps one after another over all rows of the piece, one call each.
 * Every intermediate is kept whole in memory: the plan is made to be read, not to be fast.
 */
final class StagedPiece extends PieceRun {
  private final Place weights; // [R, rows]
  private final Place padded; // [sequences, R, longest]
  private GpuMatrix pooled = GpuMatrix.NONE;

  StagedPiece(CallContext call, EngineInput in, Piece piece, Wanted wanted) {
    ChunkSource source = ChunkSource.of(in, wanted.pools(), call.parameters());
    super(call, in, piece, source, Math.max(1, piece.rows()));
    int heads = parameters.heads();
    this.weights = memory.byHead(heads);
    this.padded = memory.floats((long) piece.sequences() * heads * piece.longest());
  }

  @Override
  void chunk(HiddenRows rows, Chunk chunk, long biases) {
    score(rows, chunk, biases);
    pooled = rows.pooled();
  }

  /** Returns the place of weights [R, rows]. */
  Scores weights() {
    return Scores.byHead(weights.address(), piece.rows());
  }

  /** Turns scores into weights, by cuDNN. */
  void softmax(CudnnSoftmax softmax) {
    long heads = parameters.heads();
    long offsets = table.offsets(memory.tables());
    long rows = piece.rows();
    PaddedScores softmaxed =
        new PaddedScores(padded.address(), piece.sequences(), piece.longest(), offsets);
    queue.put(new PadScores(memory.scores(), rows, heads, softmaxed));
    softmax.run(padded.address(), piece.sequences() * heads, piece.longest(), queue.stream());
    float epsilon = parameters.source().softmaxEpsilon();
    queue.put(new UnpadWeights(softmaxed, memory.scores(), rows, heads, epsilon, weights()));
  }

  /** Puts the sums of rows times weights in the queue: contexts. */
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
              table.tiles(memory.tables(), 0, piece.tiles()),
              memory.partials()));
    }
    queue.put(
        new MergeStates(
            memory.partials(),
            piece.tiles(),
            parameters.width(),
            parameters.heads(),
            MergeStates.Mode.WEIGHTS,
            table.sequenceTiles(memory.tables()),
            piece.sequences(),
            0,
            new States(memory.maxSum(), 0),
            memory.contexts()));
  }
}
