package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.kernels.MergeStates;
import io.github.attnpool.internal.cuda.kernels.Partials;
import io.github.attnpool.internal.cuda.kernels.ScoreRows;
import io.github.attnpool.internal.cuda.kernels.Scores;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.maps.UnitScores;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Computes the results of a state. */
record FinishState(CallContext call) {
  /**
   * Writes the results.
   *
   * @param context F32 [R,H], or null
   * @param logits F32 [O], or null
   */
  void run(MemorySegment state, @Nullable MemorySegment context, @Nullable MemorySegment logits) {
    DeviceParameters parameters = call.parameters();
    LaunchQueue queue = call.slot().compute();
    DeviceState device = call.state();
    long contextBytes = (long) parameters.heads() * parameters.width() * Float.BYTES;
    long logitsBytes = (long) parameters.source().logitCount() * Float.BYTES;
    MemorySegment pinned =
        call.slot().results().reserve(Math.max(device.hostBytes(), contextBytes + logitsBytes));
    device.upload(state, pinned, queue);
    mergeNothing(device, queue);
    queue.await(); // the state has left pinned memory
    queue.download(pinned, 0, device.contexts(), contextBytes);
    if (logits != null) {
      UnitScores output = parameters.output().orElseThrow();
      GpuMatrix contexts = GpuMatrix.dense(device.contexts(), GpuType.F32, output.units());
      Scores to = Scores.byRow(device.logits(), output.heads());
      queue.put(new ScoreRows(output, contexts, 1, to));
      queue.download(pinned, contextBytes, device.logits(), logitsBytes);
    }
    queue.await();
    if (context != null) {
      MemorySegment.copy(pinned, 0, context, 0, contextBytes);
    }
    if (logits != null) {
      MemorySegment.copy(pinned, contextBytes, logits, 0, logitsBytes);
    }
  }

  /** Merges no tiles into the state, which gives its contexts. */
  private void mergeNothing(DeviceState device, LaunchQueue queue) {
    long bytes = 2 * Long.BYTES; // first tiles of one sequence, and the end
    MemorySegment none = call.slot().tables().reserve(bytes);
    none.fill((byte) 0);
    long noTiles = call.slot().work().reserve(bytes);
    queue.upload(noTiles, none, 0, bytes);
    queue.put(
        new MergeStates(
            new Partials(noTiles, noTiles),
            0,
            call.parameters().width(),
            call.parameters().heads(),
            MergeStates.Mode.RESUME,
            noTiles,
            1,
            call.parameters().source().softmaxEpsilon(),
            device.states(),
            device.contexts()));
  }
}
