package io.github.attnpool.internal.cuda.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.attnpool.internal.cuda.device.GpuMatrix;
import io.github.attnpool.internal.cuda.device.LaunchQueue;
import io.github.attnpool.internal.cuda.kernels.CopyRows;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import io.github.attnpool.internal.cuda.nvidia.StreamApi;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.spi.KeptRows;
import io.github.attnpool.spi.KeyBatch;
import io.github.attnpool.spi.RowBatch;
import java.lang.foreign.MemorySegment;

/**
 * Brings kept rows to the device, a chunk at a time: from host memory by way of pinned memory, the
 * copy of one chunk while kernels work on the one before; from device memory by gathering them, or
 * not at all where they lie side by side. With keys, hidden units come along.
 *
 * <p>For each chunk: {@link #stage}, then {@link #open}; then, when all kernels that read it are on
 * their streams, the slot's event {@code consumed} of its stage must be recorded. Two chunks may be
 * staged at once, numbered in order from 0.
 */
final class RowFeed {
  private final CallSlot slot;
  private final DeviceParameters parameters;
  private final WorkLimits limits;
  private RowBatch in;
  private KeyBatch keys;
  private boolean takesRows;
  private boolean overlaps;
  private LaunchQueue kernels;
  private GpuMatrix x;
  private GpuMatrix units;

  RowFeed(CallSlot slot, DeviceParameters parameters, WorkLimits limits) {
    this.slot = slot;
    this.parameters = parameters;
    this.limits = limits;
  }

  /**
   * Begins with a piece; nothing of the one before may be running.
   *
   * @param keys or null
   * @param takesRows whether rows are wanted; with keys it may be units alone
   * @param overlaps whether there are several chunks, to be copied on a stream of their own
   * @param mostRows of a chunk
   */
  void start(RowBatch in, KeyBatch keys, boolean takesRows, boolean overlaps, long mostRows) {
    this.in = in;
    this.keys = keys;
    this.takesRows = takesRows;
    this.overlaps = overlaps;
    this.kernels = overlaps ? slot.multiply() : slot.compute();
    long most =
        (takesRows ? bytesOfRows(mostRows) : 0)
            + bytesOfUnits(mostRows)
            + (comesFromDevice(in, keys) ? mostRows * Long.BYTES : 0);
    boolean staged = !comesFromDevice(in, keys) || keys != null || in.kept().runs() > 1;
    for (int stage = 0; staged && stage < (overlaps ? CallSlot.STAGES : 1); stage++) {
      slot.hostStage(stage).reserve(most); // now, while nothing uses them
      slot.deviceStage(stage).reserve(most);
    }
  }

  void clear() {
    in = null;
    keys = null;
  }

  /** Most rows of a chunk that comes from these sequences. */
  long chunkRows(RowBatch in, KeyBatch keys, boolean takesRows) {
    return WorkLimits.stagingRows(limits.chunkRows(), rowBytes(in, keys, takesRows));
  }

  /** Bytes that a row takes on its way from the host; 0 where nothing comes from there. */
  private long rowBytes(RowBatch in, KeyBatch keys, boolean takesRows) {
    long bytes = 0;
    if (takesRows && !comesFromDevice(in, keys)) {
      GpuType type = rowType(in, keys);
      bytes += type.pitch(rowWidth(in, keys)) * type.bytes();
    }
    if (keys != null) {
      bytes += GpuMatrix.bytes(GpuType.F32, parameters.rowUnits(), 1);
    }
    return bytes;
  }

  private static boolean comesFromDevice(RowBatch in, KeyBatch keys) {
    return in.isOnDevice() && !hasRows(keys);
  }

  private static boolean hasRows(KeyBatch keys) {
    return keys != null && keys.isProjected();
  }

  private static GpuType rowType(RowBatch in, KeyBatch keys) {
    return hasRows(keys) ? GpuType.F32 : GpuType.of(in.type());
  }

  private int rowWidth(RowBatch in, KeyBatch keys) {
    return hasRows(keys) ? parameters.width() : in.width();
  }

  private long bytesOfRows(long rows) {
    return GpuMatrix.bytes(rowType(in, keys), rowWidth(in, keys), rows);
  }

  private long bytesOfUnits(long rows) {
    return keys == null ? 0 : GpuMatrix.bytes(GpuType.F32, parameters.rowUnits(), rows);
  }

  /** Whether a chunk is read where the caller has it. */
  private boolean isInPlace(long row, long rows) {
    KeptRows kept = in.kept();
    return comesFromDevice(in, keys) && kept.runOf(row) == kept.runOf(row + rows - 1);
  }

  /**
   * How a chunk comes to the device, and where its parts lie in a stage, both in pinned and in
   * device memory: rows, then units, then positions of rows that are to be gathered.
   */
  private record Way(boolean fillsRows, boolean gathers, long units, long positions, long bytes) {}

  private Way way(long row, long rows) {
    boolean fromDevice = comesFromDevice(in, keys);
    boolean gathers = takesRows && fromDevice && !isInPlace(row, rows);
    boolean fillsRows = takesRows && !fromDevice;
    long units = fillsRows || gathers ? bytesOfRows(rows) : 0;
    long positions = units + bytesOfUnits(rows);
    return new Way(
        fillsRows, gathers, units, positions, positions + (gathers ? rows * Long.BYTES : 0));
  }

  /** Starts a chunk's way to the device. */
  void stage(int chunk, long row, long rows) {
    Way way = way(row, rows);
    if (way.bytes() == 0) {
      return;
    }
    int stage = chunk % CallSlot.STAGES;
    boolean again = chunk >= CallSlot.STAGES;
    if (again) {
      StreamApi.await(slot.copied(stage)); // pinned memory is free then
    }
    MemorySegment host = slot.hostStage(stage).reserve(way.bytes());
    long device = slot.deviceStage(stage).reserve(way.bytes());
    if (way.fillsRows()) {
      fillRows(row, rows, host);
    }
    if (keys != null) {
      fillUnits(row, rows, host.asSlice(way.units()));
    }
    if (way.gathers()) {
      fillPositions(row, rows, host.asSlice(way.positions()));
    }
    LaunchQueue queue = overlaps ? slot.copy() : slot.compute();
    if (overlaps && again) {
      queue.waitFor(slot.consumed(stage));
    }
    long from = way.gathers() ? way.units() : 0; // gathered rows do not come from the host
    queue.upload(device + from, host, from, way.bytes() - from);
    if (overlaps) {
      queue.record(slot.copied(stage));
    }
  }

  /** Makes a staged chunk the one at hand. */
  void open(int chunk, long row, long rows) {
    Way way = way(row, rows);
    int stage = chunk % CallSlot.STAGES;
    long device = way.bytes() == 0 ? 0 : slot.deviceStage(stage).reserve(way.bytes());
    if (way.bytes() > 0 && overlaps) {
      kernels.waitFor(slot.copied(stage));
    }
    units =
        keys == null
            ? GpuMatrix.NONE
            : GpuMatrix.aligned(device + way.units(), GpuType.F32, parameters.rowUnits());
    x = rows(way, row, rows, device);
  }

  private GpuMatrix rows(Way way, long row, long rows, long device) {
    if (!takesRows) {
      return GpuMatrix.NONE;
    }
    GpuType type = rowType(in, keys);
    GpuMatrix staged = GpuMatrix.aligned(device, type, rowWidth(in, keys));
    if (way.fillsRows()) {
      return staged;
    }
    GpuMatrix all = new GpuMatrix(in.deviceRows().address(), type, in.pitch());
    if (!way.gathers()) {
      return all.from(in.kept().position(row));
    }
    kernels.put(new CopyRows(all, device + way.positions(), rows, in.width(), staged));
    return staged;
  }

  /** Rows of the chunk at hand. */
  GpuMatrix x() {
    return x;
  }

  /** Their hidden units, F32; NONE without keys. */
  GpuMatrix units() {
    return units;
  }

  private void fillRows(long row, long rows, MemorySegment to) {
    if (hasRows(keys)) {
      copy(keys.projected(), row, parameters.width(), GpuType.F32, rows, parameters.width(), to, 0);
      return;
    }
    KeptRows kept = in.kept();
    GpuType type = GpuType.of(in.type());
    long at = 0;
    long end = row + rows;
    long first = row;
    for (int run = kept.runOf(row); first < end; run++) {
      long last = Math.min(end, kept.runFirst(run + 1));
      long position = kept.position(run, first);
      copy(in.x(), position, in.pitch(), type, last - first, in.width(), to, at);
      at += GpuMatrix.bytes(type, in.width(), last - first);
      first = last;
    }
  }

  private void fillUnits(long row, long rows, MemorySegment to) {
    int width = parameters.rowUnits();
    copy(keys.units(), row, width, GpuType.F32, rows, width, to, 0);
  }

  private void fillPositions(long row, long rows, MemorySegment to) {
    KeptRows kept = in.kept();
    int run = kept.runOf(row);
    for (long i = 0; i < rows; i++) {
      if (row + i == kept.runFirst(run + 1)) {
        run++;
      }
      to.setAtIndex(JAVA_LONG, i, kept.position(run, row + i));
    }
  }

  /** Copies rows to where they lie aligned. */
  private static void copy(
      MemorySegment from,
      long row,
      long pitch,
      GpuType type,
      long rows,
      long width,
      MemorySegment to,
      long at) {
    long toPitch = GpuMatrix.bytes(type, width, 1);
    long fromPitch = pitch * type.bytes();
    if (toPitch == fromPitch && pitch == width) {
      MemorySegment.copy(from, row * fromPitch, to, at, rows * fromPitch);
      return;
    }
    for (long i = 0; i < rows; i++) {
      MemorySegment.copy(from, (row + i) * fromPitch, to, at + i * toPitch, width * type.bytes());
    }
  }
}
