package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.DeviceBuffer;
import io.github.attnpool.internal.cuda.device.MemoryPlan;
import io.github.attnpool.internal.cuda.kernels.Partials;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;

/** Where a piece's intermediates lie in device memory; addresses. */
final class PieceMemory {
  private final MemoryPlan plan = new MemoryPlan();

  long tables;
  long biases; // [sequences, D], where there are queries
  long scores; // [R, rows]; later weights
  long weights; // [R, rows] of the staged plan
  long padded; // [sequences, R, longest], of the staged plan
  long partialMaxSum;
  long partialContext;
  long maxSum; // F64 [sequences, R, 2]
  long contexts; // [sequences, R, H]
  long logits; // [sequences, O]
  private final ChunkMemory[] chunks; // those that are worked on at once

  /**
   * Plans and reserves it.
   *
   * @param chunkRows most rows of a chunk
   * @param chunkCount of the piece
   * @param copies whether rows of x may have to be copied before they are multiplied
   */
  PieceMemory(
      DeviceParameters parameters,
      Piece piece,
      PieceTables table,
      boolean staged,
      long chunkRows,
      int chunkCount,
      boolean copies,
      DeviceBuffer buffer) {
    long heads = parameters.heads();
    long width = parameters.width();
    long sequences = piece.sequences();
    tables = plan.place(table.bytes());
    biases = plan.floats(sequences * parameters.source().units());
    scores = plan.floats(heads * piece.rows());
    partialMaxSum = plan.floats(piece.tiles() * heads * 2);
    partialContext = plan.floats(piece.tiles() * heads * width);
    maxSum = plan.doubles(sequences * heads * 2);
    contexts = plan.floats(sequences * heads * width);
    logits = plan.floats(sequences * parameters.source().logitCount());
    if (staged) {
      weights = plan.floats(heads * piece.rows());
      padded = plan.floats(sequences * heads * piece.longest());
    }
    long blas = plan.place(parameters.workspace());
    chunks = new ChunkMemory[Math.min(chunkCount, CallSlot.STAGES)];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = ChunkMemory.plan(parameters, chunkRows, copies, blas, plan);
    }
    long base = buffer.reserve(plan.bytes());
    tables += base;
    biases += base;
    scores += base;
    weights += base;
    padded += base;
    partialMaxSum += base;
    partialContext += base;
    maxSum += base;
    contexts += base;
    logits += base;
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = chunks[i].at(base);
    }
  }

  /** Of a chunk, free when the last chunk but one is done. */
  ChunkMemory chunk(int number) {
    return chunks[number % chunks.length];
  }

  Partials partials() {
    return new Partials(partialMaxSum, partialContext);
  }
}
