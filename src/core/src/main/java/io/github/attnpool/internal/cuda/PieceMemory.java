package io.github.attnpool.internal.cuda;

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
  long operand; // [chunk, Hin]
  long projected; // [chunk, H]
  long rounded; // [chunk, H]
  long hidden; // [chunk, D]
  long blas;

  /**
   * Plans and reserves it.
   *
   * @param chunkRows most rows of a chunk
   */
  PieceMemory(
      DeviceParameters parameters,
      Piece piece,
      PieceTables table,
      boolean staged,
      long chunkRows,
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
    logits = plan.floats(sequences * parameters.source().outputs());
    if (staged) {
      weights = plan.floats(heads * piece.rows());
      padded = plan.floats(sequences * heads * piece.longest());
    }
    planChunk(parameters, chunkRows);
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
    operand += base;
    projected += base;
    rounded += base;
    hidden += base;
    blas += base;
  }

  private void planChunk(DeviceParameters parameters, long rows) {
    GpuType type = parameters.type();
    long width = parameters.width();
    operand = plan.place(GpuMatrix.bytes(type, parameters.source().inputWidth(), rows));
    if (parameters.projection() != null) {
      projected = plan.place(GpuMatrix.bytes(GpuType.F32, width, rows));
      rounded = type == GpuType.F32 ? 0 : plan.place(GpuMatrix.bytes(type, width, rows));
    }
    hidden = plan.place(GpuMatrix.bytes(GpuType.F32, parameters.rowUnits(), rows));
    blas = plan.place(parameters.workspace());
  }

  Partials partials() {
    return new Partials(partialMaxSum, partialContext);
  }
}
