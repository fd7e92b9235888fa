package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.kernels.MergeStates;
import io.github.attnpool.internal.cuda.kernels.PoolTiles;
import io.github.attnpool.internal.cuda.kernels.States;
import io.github.attnpool.internal.cuda.kernels.WeighRows;
import io.github.attnpool.spi.EngineInput;

/**
 * The fused plan: each chunk goes from rows to states of its tiles while its hidden units are in
 * the L2 cache; then states are merged in the order of rows.
 */
final class FusedPiece extends PieceRun {
  private final Wanted wanted;

  FusedPiece(CallContext call, EngineInput in, Piece piece, Wanted wanted) {
    ChunkSource source = ChunkSource.of(in, wanted.pools(), call.parameters());
    super(call, in, piece, source, call.limits().chunkRows(source));
    this.wanted = wanted;
  }

  @Override
  void chunk(HiddenRows rows, Chunk chunk, long biases) {
    score(rows, chunk, biases);
    if (wanted.softmax()) {
      queue.put(
          new PoolTiles(
              wanted.pools() ? rows.pooled() : GpuMatrix.NONE,
              chunk.rows(),
              width(),
              memory.scores().from(chunk.first()),
              parameters.heads(),
              PoolTiles.Kind.SCORES,
              tiles(chunk),
              memory.partials().from(chunk.firstTile(), parameters.heads(), width())));
    }
  }

  private long width() {
    return wanted.pools() ? parameters.width() : 0;
  }

  /** Merges the states of tiles into those of sequences, and computes contexts. */
  void merge() {
    queue.put(
        new MergeStates(
            memory.partials(),
            piece.tiles(),
            width(),
            parameters.heads(),
            MergeStates.Mode.START,
            table.sequenceTiles(memory.tables()),
            piece.sequences(),
            parameters.source().softmaxEpsilon(),
            new States(memory.maxSum(), 0),
            wanted.pools() ? memory.contexts() : 0));
  }

  /** Adds the states of tiles to that of a sequence that is added in parts. */
  void mergeInto(DeviceState state) {
    queue.put(
        new MergeStates(
            memory.partials(),
            piece.tiles(),
            parameters.width(),
            parameters.heads(),
            MergeStates.Mode.RESUME,
            table.sequenceTiles(memory.tables()),
            1,
            parameters.source().softmaxEpsilon(),
            state.states(),
            0));
  }

  /** Turns scores into weights, in place. */
  void weigh() {
    queue.put(
        new WeighRows(
            memory.scores(),
            piece.rows(),
            parameters.heads(),
            table.tiles(memory.tables(), 0, piece.tiles()),
            memory.maxSum(),
            piece.sequences(),
            parameters.source().softmaxEpsilon()));
  }
}
