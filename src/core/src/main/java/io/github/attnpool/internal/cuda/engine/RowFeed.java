package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.nvidia.StreamApi;
import java.lang.foreign.MemorySegment;

/**
 * Brings rows to the device, a chunk at a time, by way of pinned memory: one chunk is copied while
 * kernels work on the one before.
 *
 * <p>For each chunk: {@link #stage}, then {@link #open}; then, when all kernels that read it are on
 * their streams, the slot's event {@code consumed} of its stage must be recorded. Two chunks may be
 * staged at once, in order.
 */
final class RowFeed {
  private final CallSlot slot;
  private final ChunkSource source;
  private final boolean overlaps;
  private final LaunchQueue kernels;

  /**
   * Starts with a piece; nothing of the one before may be running.
   *
   * @param overlaps whether there are several chunks, to be copied on a stream of their own
   * @param mostRows of a chunk
   */
  RowFeed(CallSlot slot, ChunkSource source, boolean overlaps, long mostRows) {
    this.slot = slot;
    this.source = source;
    this.overlaps = overlaps;
    this.kernels = overlaps ? slot.multiply() : slot.compute();
    long most = source.mostBytes(mostRows);
    for (int stage = 0; most > 0 && stage < (overlaps ? CallSlot.STAGES : 1); stage++) {
      slot.hostStage(stage).reserve(most); // now, while nothing uses them
      slot.deviceStage(stage).reserve(most);
    }
  }

  /**
   * Rows of a chunk on the device.
   *
   * @param x rows; NONE where nobody needs them
   * @param units their hidden units, F32; NONE unless they come from keys
   */
  record Fed(GpuMatrix x, GpuMatrix units) {}

  /** Where a chunk's parts lie in a stage; in front is room that is not sent. */
  private record Layout(long room, long units, long bytes) {}

  private Layout layout(Chunk chunk) {
    long room = source.rows().roomBytes(chunk.row(), chunk.rows());
    long units = room + source.rows().sentBytes(chunk.row(), chunk.rows());
    return new Layout(room, units, units + source.units().sentBytes(chunk.row(), chunk.rows()));
  }

  /** Starts a chunk's way to the device. */
  void stage(Chunk chunk) {
    Layout layout = layout(chunk);
    if (layout.bytes() == 0) {
      return;
    }
    int stage = chunk.stage();
    if (chunk.isReuse()) {
      StreamApi.await(slot.copied(stage)); // pinned memory is free then
    }
    MemorySegment host = slot.hostStage(stage).reserve(layout.bytes());
    long device = slot.deviceStage(stage).reserve(layout.bytes());
    source.rows().fill(chunk.row(), chunk.rows(), host.asSlice(layout.room()));
    source.units().fill(chunk.row(), chunk.rows(), host.asSlice(layout.units()));
    LaunchQueue queue = overlaps ? slot.copy() : slot.compute();
    if (overlaps && chunk.isReuse()) {
      queue.waitFor(slot.consumed(stage));
    }
    queue.upload(device + layout.room(), host, layout.room(), layout.bytes() - layout.room());
    if (overlaps) {
      queue.record(slot.copied(stage));
    }
  }

  /** Returns a staged chunk's rows, for launches on the queue for kernels. */
  Fed open(Chunk chunk) {
    Layout layout = layout(chunk);
    long device = 0;
    if (layout.bytes() > 0) {
      device = slot.deviceStage(chunk.stage()).reserve(layout.bytes());
      if (overlaps) {
        kernels.waitFor(slot.copied(chunk.stage()));
      }
    }
    return new Fed(
        source.rows().open(chunk.row(), chunk.rows(), device, kernels),
        source.units().open(chunk.row(), chunk.rows(), device + layout.units(), kernels));
  }
}
