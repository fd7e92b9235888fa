package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.device.MemoryPlan;
import io.github.attnpool.internal.cuda.kernels.MergeStates;
import io.github.attnpool.internal.cuda.kernels.Partials;
import io.github.attnpool.internal.cuda.kernels.ScoreForm;
import io.github.attnpool.internal.cuda.kernels.ScoreRows;
import io.github.attnpool.internal.cuda.kernels.Scores;
import io.github.attnpool.internal.cuda.kernels.WeighRows;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.fused.StateLayout;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/**
 * One thread's calls on the state of a sequence that comes in parts. States are kept in host memory
 * and go to the device and back with each call.
 */
final class StateCall {
  private final DeviceParameters parameters;
  private final CallSlot slot;
  private final RowFeed feed;
  private final HiddenSteps steps;
  private final StateLayout layout;

  StateCall(DeviceParameters parameters, CallSlot slot, RowFeed feed, HiddenSteps steps) {
    this.parameters = parameters;
    this.slot = slot;
    this.feed = feed;
    this.steps = steps;
    this.layout = new StateLayout(parameters.heads(), parameters.width());
  }

  /**
   * Adds rows of one sequence to a state, in parts that fit.
   *
   * @param state in host memory, changed
   * @param scores where scores of the rows go, by position
   */
  void add(
      RowBatch in,
      KeyBatch keys,
      int sequence,
      long partRows,
      MemorySegment state,
      MemorySegment[] scores) {
    DeviceState device = device();
    MemorySegment pinned = slot.results().reserve(device.hostBytes());
    device.upload(state, pinned, slot.compute());
    slot.compute().await();
    Wanted wanted = new Wanted(false, false, true, false);
    long end = in.kept().first(sequence + 1);
    for (long row = in.kept().first(sequence); row < end; row += partRows) {
      Piece part = Piece.part(sequence, row, Math.min(partRows, end - row));
      PieceResults results = new PieceResults(parameters, slot, in, part);
      FusedPiece run =
          new FusedPiece(parameters, slot, in, keys, part, wanted, feed.chunkRows(in, keys, true));
      run.runChunks(feed, steps);
      run.mergeInto(device);
      if (scores.length > 0) {
        results.fetchScores(run.memory.scores);
      }
      slot.compute().await(); // before the next part uses pinned memory
      for (MemorySegment to : scores) {
        results.spreadScores(to);
      }
    }
    device.download(state, slot.results().reserve(device.hostBytes()), slot.compute());
  }

  private DeviceState device() {
    return new DeviceState(layout, parameters.source().logitCount(), slot);
  }

  /**
   * The results of a state.
   *
   * @param context F32 [R,H], or null
   * @param logits F32 [O], or null
   */
  void finish(MemorySegment state, MemorySegment context, MemorySegment logits) {
    DeviceState device = device();
    LaunchQueue queue = slot.compute();
    long contextBytes = (long) layout.heads() * layout.width() * Float.BYTES;
    long logitsBytes = (long) parameters.source().logitCount() * Float.BYTES;
    long pinnedBytes = Math.max(device.hostBytes(), contextBytes + logitsBytes);
    MemorySegment pinned = slot.results().reserve(pinnedBytes);
    device.upload(state, pinned, queue);
    MemorySegment none = slot.tables().reserve(2 * Long.BYTES);
    none.fill((byte) 0); // of no tiles
    long noTiles = slot.work().reserve(2 * Long.BYTES);
    queue.upload(noTiles, none, 0, 2 * Long.BYTES);
    queue.put(
        new MergeStates(
            new Partials(noTiles, noTiles),
            0,
            layout.width(),
            layout.heads(),
            MergeStates.Mode.RESUME,
            noTiles,
            1,
            parameters.source().softmaxEpsilon(),
            device.states(),
            device.results()));
    queue.await(); // the state has left pinned memory
    queue.download(pinned, 0, device.results(), contextBytes);
    if (logits != null) {
      ScoreForm output = parameters.output();
      long to = device.results() + contextBytes;
      GpuMatrix contexts = GpuMatrix.dense(device.results(), GpuType.F32, output.units());
      queue.put(new ScoreRows(output, contexts, 1, Scores.byRow(to, output.heads())));
      queue.download(pinned, contextBytes, to, logitsBytes);
    }
    queue.await();
    if (context != null) {
      MemorySegment.copy(pinned, 0, context, 0, contextBytes);
    }
    if (logits != null) {
      MemorySegment.copy(pinned, contextBytes, logits, 0, logitsBytes);
    }
  }

  /** Brings values of some rows to pinned memory, or back. */
  interface Values {
    void copy(long row, long rows, MemorySegment pinned, long offset);
  }

  /** Turns scores of rows in a state into weights, for one head, in parts that fit. */
  void weigh(MemorySegment state, int head, long rows, long partRows, Values read, Values write) {
    DeviceState device = device();
    LaunchQueue queue = slot.compute();
    MemorySegment pinned =
        slot.results().reserve(Math.max(device.hostBytes(), partRows * Float.BYTES));
    device.upload(state, pinned, queue);
    queue.await();
    for (long row = 0; row < rows; row += partRows) {
      long count = Math.min(partRows, rows - row);
      read.copy(row, count, pinned, 0);
      PieceTables table = new PieceTables(Piece.part(0, 0, count), 0);
      MemorySegment host = slot.tables().reserve(table.bytes());
      table.fillPart(host);
      MemoryPlan plan = new MemoryPlan();
      long scoresAt = plan.floats(count);
      long tablesAt = plan.place(table.bytes());
      long base = slot.work().reserve(plan.bytes());
      queue.upload(base + tablesAt, host, 0, table.bytes());
      queue.upload(base + scoresAt, pinned, 0, count * Float.BYTES);
      queue.put(
          new WeighRows(
              Scores.byHead(base + scoresAt, count),
              count,
              1,
              table.tiles(base + tablesAt, 0, Piece.tiles(count)),
              device.states().maxSum() + head * 2L * Double.BYTES,
              1,
              parameters.source().softmaxEpsilon()));
      queue.download(pinned, 0, base + scoresAt, count * Float.BYTES);
      queue.await();
      write.copy(row, count, pinned, 0);
    }
  }
}
