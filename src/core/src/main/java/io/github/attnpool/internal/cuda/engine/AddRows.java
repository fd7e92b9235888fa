package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.spi.EngineInput;
import io.github.attnpool.spi.KeptRows;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Adds rows of one sequence to its state, in parts that fit. */
record AddRows(CallContext call) {
  /**
   * Adds a sequence's rows.
   *
   * @param state in host memory, changed
   * @param scores where scores of the rows go, each to the position of its row
   */
  void run(EngineInput in, int sequence, MemorySegment state, List<MemorySegment> scores) {
    LaunchQueue queue = call.slot().compute();
    DeviceState device = call.state();
    device.upload(state, call.slot().results().reserve(device.hostBytes()), queue);
    queue.await();
    long partRows = call.limits().partRows();
    KeptRows kept = in.rows().kept();
    long end = kept.first(sequence + 1);
    for (long row = kept.first(sequence); row < end; row += partRows) {
      add(in, Piece.part(sequence, row, Math.min(partRows, end - row)), device, scores);
    }
    device.download(state, call.slot().results().reserve(device.hostBytes()), queue);
  }

  private void add(EngineInput in, Piece part, DeviceState device, List<MemorySegment> scores) {
    PieceResults results = new PieceResults(call, in.rows(), part);
    FusedPiece run = new FusedPiece(call, in, part, Wanted.CONTEXTS);
    run.runChunks();
    run.mergeInto(device);
    if (!scores.isEmpty()) {
      results.fetchScores(run.memory.scores().address());
    }
    call.slot().compute().await(); // before the next part uses pinned memory
    scores.forEach(results::spreadScores);
  }
}
