package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.OutputMemory;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/** Copies a piece's results from the device, by way of pinned memory, to the caller's memory. */
final class PieceResults {
  private final RowBatch in;
  private final Piece piece;
  private final int heads;
  private final int width;
  private final int logitCount;
  private final MemorySegment pinned;
  private final LaunchQueue queue;
  private final long weightsAt;
  private final long contextsAt;
  private final long logitsAt;
  private final long end;

  PieceResults(CallContext call, RowBatch in, Piece piece) {
    DeviceParameters parameters = call.parameters();
    this.in = in;
    this.piece = piece;
    this.heads = parameters.heads();
    this.width = parameters.width();
    this.logitCount = parameters.source().logitCount();
    this.queue = call.slot().compute();
    this.weightsAt = heads * piece.rows() * Float.BYTES;
    this.contextsAt = 2 * weightsAt;
    this.logitsAt = contextsAt + (long) piece.sequences() * rowBytes();
    this.end = logitsAt + (long) piece.sequences() * logitCount * Float.BYTES;
    this.pinned = call.slot().results().reserve(end);
  }

  /** Returns the bytes of a sequence's contexts. */
  private long rowBytes() {
    return (long) heads * width * Float.BYTES;
  }

  /** Puts the copy of scores in the queue. */
  void fetchScores(long from) {
    fetch(0, from, weightsAt);
  }

  /** Puts the copy of weights in the queue. */
  void fetchWeights(long from) {
    fetch(weightsAt, from, contextsAt - weightsAt);
  }

  /** Puts the copy of contexts in the queue. */
  void fetchContexts(long from) {
    fetch(contextsAt, from, logitsAt - contextsAt);
  }

  /** Puts the copy of logits in the queue. */
  void fetchLogits(long from) {
    fetch(logitsAt, from, end - logitsAt);
  }

  private void fetch(long at, long from, long bytes) {
    if (bytes > 0) {
      queue.download(pinned, at, from, bytes);
    }
  }

  /** Puts a copy of empty sequences' contexts from the host to the device in the queue. */
  void sendEmptyContexts(MemorySegment contexts, long to) {
    for (int b = 0; b < piece.sequences(); b++) {
      if (in.kept().count(piece.sequence() + b) == 0) {
        long at = contextsAt + b * rowBytes();
        MemorySegment.copy(contexts, (piece.sequence() + b) * rowBytes(), pinned, at, rowBytes());
        queue.upload(to + b * rowBytes(), pinned, at, rowBytes());
      }
    }
  }

  /** Copies scores to their positions. */
  void spreadScores(MemorySegment to) {
    spread(0, to);
  }

  /** Copies weights to their positions. */
  void spreadWeights(MemorySegment to) {
    spread(weightsAt, to);
  }

  private void spread(long at, MemorySegment to) {
    KeptRows kept = in.kept();
    for (int b = piece.sequence(); b < piece.sequence() + piece.sequences(); b++) {
      long row = piece.isPart() ? piece.row() : kept.first(b);
      long rows = piece.isPart() ? piece.rows() : kept.count(b);
      for (int head = 0; head < heads; head++) {
        long from = at + (head * piece.rows() + row - piece.row()) * Float.BYTES;
        new HeadResults(in, b, head, heads, to).spread(row, rows, pinned, from);
      }
    }
  }

  /** Copies the contexts of sequences that have rows. */
  void copyContexts(MemorySegment to) {
    for (int b = 0; b < piece.sequences(); b++) {
      if (in.kept().count(piece.sequence() + b) > 0) {
        MemorySegment.copy(
            pinned,
            contextsAt + b * rowBytes(),
            to,
            (piece.sequence() + b) * rowBytes(),
            rowBytes());
      }
    }
  }

  /** Copies logits. */
  void copyLogits(OutputMemory out) {
    long row = (long) logitCount * Float.BYTES;
    MemorySegment.copy(pinned, logitsAt, out.logits(), piece.sequence() * row, end - logitsAt);
  }
}
