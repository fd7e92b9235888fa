package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.device.MemoryPlan;
import io.github.attnpool.internal.cuda.device.MemoryPlan.Place;
import io.github.attnpool.internal.cuda.kernels.Scores;
import io.github.attnpool.internal.cuda.kernels.WeighRows;
import java.lang.foreign.MemorySegment;

/** Turns scores of rows in a state into weights, for one head, in parts that fit. */
record WeighValues(CallContext call) {
  /**
   * Turns scores into weights, in place.
   *
   * @param rows of the sequence
   */
  void run(MemorySegment state, int head, long rows, HeadValues values) {
    LaunchQueue queue = call.slot().compute();
    DeviceState device = call.state();
    long partRows = call.limits().partRows();
    MemorySegment pinned =
        call.slot().results().reserve(Math.max(device.hostBytes(), partRows * Float.BYTES));
    device.upload(state, pinned, queue);
    queue.await();
    long maxSum = device.states().maxSum() + head * 2L * Double.BYTES;
    for (long row = 0; row < rows; row += partRows) {
      long count = Math.min(partRows, rows - row);
      values.read(row, count, pinned);
      weigh(pinned, count, maxSum, queue);
      values.write(pinned, row, count);
    }
  }

  private void weigh(MemorySegment pinned, long rows, long maxSum, LaunchQueue queue) {
    PieceTables table = new PieceTables(Piece.part(0, 0, rows), 0);
    MemorySegment host = call.slot().tables().reserve(table.bytes());
    table.fillPart(host);
    MemoryPlan plan = new MemoryPlan();
    Place scores = plan.floats(rows);
    Place tables = plan.bytes(table.bytes());
    plan.reserve(call.slot().work());
    queue.upload(tables.address(), host, 0, table.bytes());
    queue.upload(scores.address(), pinned, 0, rows * Float.BYTES);
    queue.put(
        new WeighRows(
            Scores.byHead(scores.address(), rows),
            rows,
            1,
            table.tiles(tables.address(), 0, Piece.tiles(rows)),
            maxSum,
            1,
            call.parameters().source().softmaxEpsilon()));
    queue.download(pinned, 0, scores.address(), rows * Float.BYTES);
    queue.await();
  }
}
