package io.github.attnpool.internal.cuda.engine;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import java.lang.foreign.MemorySegment;

/** Where one kind of a chunk's rows comes from, and how it gets to the device. */
interface RowSource {
  /** Returns the bytes that a row takes on its way from the host; 0 if rows stay on the device. */
  long hostRowBytes();

  /** Returns the most bytes that a chunk of so many rows takes in a stage. */
  default long mostBytes(long rows) {
    return hostRowBytes() * rows;
  }

  /** Returns the bytes of a chunk in a stage that are written on the device, before those sent. */
  default long roomBytes(long row, long rows) {
    return 0;
  }

  /** Returns the bytes that are sent for a chunk. */
  default long sentBytes(long row, long rows) {
    return hostRowBytes() * rows;
  }

  /** Writes what is sent for a chunk. */
  void fill(long row, long rows, MemorySegment to);

  /**
   * Returns a chunk's rows, when what was sent for it is there.
   *
   * @param address in device memory of the room, which what was sent follows
   * @param queue for what is still to be done
   */
  GpuMatrix open(long row, long rows, long address, LaunchQueue queue);
}
