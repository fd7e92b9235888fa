package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.DeviceBuffer;
import io.github.attnpool.internal.cuda.device.MemoryPlan;
import io.github.attnpool.internal.cuda.device.MemoryPlan.Place;
import io.github.attnpool.internal.cuda.kernels.Partials;
import io.github.attnpool.internal.cuda.kernels.Scores;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import java.util.List;

/** Where a piece's intermediates lie in device memory. */
final class PieceMemory {
  private final MemoryPlan plan = new MemoryPlan();
  private final long rows;
  private final Place tables;
  private final Place biases; // [sequences, D], where there are queries
  private final Place scores; // [R, rows]; later weights
  private final Place partialMaxSum;
  private final Place partialContext;
  private final Place maxSum; // F64 [sequences, R, 2]
  private final Place contexts; // [sequences, R, H]
  private final Place logits; // [sequences, O]
  private final ChunkMemory[] chunks; // those that are worked on at once

  /**
   * Plans it.
   *
   * @param copies whether rows of x may have to be copied before they are multiplied
   */
  PieceMemory(
      DeviceParameters parameters,
      Piece piece,
      PieceTables table,
      List<Chunk> cut,
      boolean copies) {
    long heads = parameters.heads();
    long width = parameters.width();
    long sequences = piece.sequences();
    rows = piece.rows();
    tables = plan.bytes(table.bytes());
    biases = plan.floats(sequences * parameters.source().units());
    scores = plan.floats(heads * rows);
    partialMaxSum = plan.floats(piece.tiles() * heads * 2);
    partialContext = plan.floats(piece.tiles() * heads * width);
    maxSum = plan.doubles(sequences * heads * 2);
    contexts = plan.floats(sequences * heads * width);
    logits = plan.floats(sequences * parameters.source().logitCount());
    Place blas = plan.bytes(parameters.workspace());
    chunks = new ChunkMemory[Math.min(cut.size(), CallSlot.STAGES)];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = ChunkMemory.plan(parameters, Chunks.mostRows(cut), copies, blas, plan);
    }
  }

  /** Plans a place for a value per head and row. */
  Place byHead(int heads) {
    return plan.floats(heads * rows);
  }

  /** Plans a place for so many F32 values. */
  Place floats(long count) {
    return plan.floats(count);
  }

  /** Reserves memory for all that is planned. */
  void reserve(DeviceBuffer buffer) {
    plan.reserve(buffer);
  }

  long tables() {
    return tables.address();
  }

  long biases() {
    return biases.address();
  }

  /** Returns the place of scores [R, rows], which become weights in the fused plan. */
  Scores scores() {
    return Scores.byHead(scores.address(), rows);
  }

  Partials partials() {
    return new Partials(partialMaxSum.address(), partialContext.address());
  }

  long maxSum() {
    return maxSum.address();
  }

  long contexts() {
    return contexts.address();
  }

  long logits() {
    return logits.address();
  }

  /** Returns the memory of a chunk, which is free when the last chunk but one is done. */
  ChunkMemory chunk(Chunk chunk) {
    return chunks[chunk.number() % chunks.length];
  }
}
