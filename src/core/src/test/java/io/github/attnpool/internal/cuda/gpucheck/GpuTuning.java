package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.engine.WorkLimits;
import io.github.attnpool.internal.cuda.kernels.KernelLibrary;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import java.lang.foreign.Arena;
import java.util.List;

/** Times fused calls in BF16 with chunks of rows that take different parts of the L2 cache. */
final class GpuTuning {
  private static final int[] EIGHTHS = {1, 2, 3, 4, 6};

  private GpuTuning() {}

  static void run(List<GpuShape> shapes, GpuDevice device, GpuReport report) {
    report.heading("Tuning");
    report.line(
        "Whole fused calls in BF16 with property " + WorkLimits.CHUNK_PROPERTY + " so that rows");
    report.line(
        "and hidden units of a chunk take a part of the L2 cache of "
            + (device.l2() >> 10)
            + " KiB.");
    report.line("Medians, least and most, ms.");
    report.head("B×T×H×D", "part of L2", "rows of a chunk", "fused");
    DeviceMemory memory = new DeviceMemory();
    for (GpuShape shape : shapes) {
      try (Arena arena = Arena.ofConfined();
          GpuRows rows = new GpuRows(shape, GpuTimings.element(GpuType.BF16), memory, arena)) {
        time(shape, "as built", "", rows, report);
        for (int eighths : EIGHTHS) {
          long row = 2L * shape.width() + (long) Float.BYTES * shape.units();
          long tiles = Math.max(1, device.l2() * eighths / 8 / row / KernelLibrary.TILE_ROWS);
          String chunk = Long.toString(tiles * KernelLibrary.TILE_ROWS);
          System.setProperty(WorkLimits.CHUNK_PROPERTY, chunk);
          try {
            time(shape, eighths + "/8", chunk, rows, report);
          } finally {
            System.clearProperty(WorkLimits.CHUNK_PROPERTY);
          }
        }
      } catch (RuntimeException | LinkageError e) {
        report.row(shape, report.failed(e));
      }
    }
  }

  private static void time(
      GpuShape shape, String part, String chunk, GpuRows rows, GpuReport report) {
    AttentionParameters parameters = shape.parameters();
    try (AttentionPooling layer = GpuForms.layer(parameters, Plan.FUSED, Precision.BF16)) {
      GpuTime time = GpuCalls.time(shape, layer, rows.device());
      report.row(shape, part, chunk, time.millis());
    }
  }
}
