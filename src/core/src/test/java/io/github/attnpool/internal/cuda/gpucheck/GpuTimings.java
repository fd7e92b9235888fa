package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.nvidia.GpuType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Timings on a device: what copies and the multiplication alone take at least, and whole forward
 * calls. The table for programs has a row each: shape, precision, milliseconds of a fused call.
 */
final class GpuTimings {
  private static final double LEAST_SHARE = 0.65; // of the multiplication's rate

  /** BF16 first, in which targets are. */
  private static final List<Precision> PRECISIONS =
      List.of(Precision.BF16, Precision.F16, Precision.TF32, Precision.F32);

  private final GpuReport report;
  private final Path table;
  private final List<String[]> small = new ArrayList<>();

  GpuTimings(GpuReport report, Path table) {
    this.report = report;
    this.table = table;
  }

  void run(List<GpuShape> shapes) {
    report.heading("Timings");
    DeviceMemory memory = new DeviceMemory();
    try (GpuTimer timer = new GpuTimer(memory)) {
      report.line(
          "Copies within the device: "
              + GpuReport.whole(timer.copyRate() / 1e9)
              + " GB/s read and written.");
      report.line("");
      explain();
      for (GpuShape shape : shapes) {
        for (Precision precision : PRECISIONS) {
          try {
            measure(shape, precision, timer, memory);
          } catch (RuntimeException | LinkageError e) {
            report.row(shape, precision, report.failed(e));
          }
        }
      }
      if (timer.late() > 0) {
        report.line("");
        report.line("Samples of multiplications that hold launch times too: " + timer.late());
      }
    }
    if (!small.isEmpty()) {
      report.line("");
      report.line("Small shapes, one call, rows in device memory, µs:");
      report.head("B×T×H×D", "precision", "fused", "staged");
      small.forEach(cells -> report.row((Object[]) cells));
    }
  }

  private void explain() {
    report.line(
        """
        GEMM: cuBLASLt's multiplication alone over all rows, results in the rows' type, by the
        fastest of the algorithms that it proposes; 20 launches that wait on the stream, between
        two CUDA events. Forward: a whole call through the public interface, contexts in host
        memory, by the calling thread's clock; rows in device memory but for the last column. Each
        launch and call takes the next of several copies of the rows. Medians, least and most, ms.\
        """);
    report.head(
        "B×T×H×D",
        "precision",
        "GEMM",
        "GEMM, TFLOP/s",
        "fused",
        "GEMM / fused",
        "staged",
        "fused, rows on host",
        "");
  }

  private void measure(GpuShape shape, Precision precision, GpuTimer timer, DeviceMemory memory) {
    AttentionParameters parameters = shape.parameters();
    GpuType type = GpuType.of(precision);
    try (Arena arena = Arena.ofConfined();
        GpuRows rows = new GpuRows(shape, element(type), memory, arena);
        AttentionPooling fused = GpuForms.layer(parameters, Plan.FUSED, precision);
        AttentionPooling staged = GpuForms.layer(parameters, Plan.STAGED, precision)) {
      GpuTime gemm = GpuGemm.time(shape, type, precision == Precision.TF32, rows, timer, memory);
      GpuTime ours = GpuCalls.time(shape, fused, rows.device());
      append(shape + "\t" + precision + "\t" + 1e3 * ours.median() + "\n");
      GpuTime stagedTime = GpuCalls.time(shape, staged, rows.device());
      GpuTime hostTime = GpuCalls.time(shape, fused, rows.host());
      double share = gemm.median() / ours.median();
      boolean hasTarget = shape.isTarget() && precision == Precision.BF16;
      double flop = 2.0 * shape.rows() * shape.width() * shape.units();
      report.row(
          shape,
          precision,
          gemm.millis(),
          GpuReport.whole(flop / gemm.median() / 1e12),
          ours.millis(),
          GpuReport.whole(100 * share) + "%",
          stagedTime.millis(),
          hostTime.millis(),
          hasTarget ? "GEMM / fused ≥ 65%: " + GpuReport.verdict(share >= LEAST_SHARE) : "");
      if (shape.isSmall()) {
        small.add(
            new String[] {shape.toString(), precision.name(), ours.micros(), stagedTime.micros()});
      }
    }
  }

  static ElementType element(GpuType type) {
    return switch (type) {
      case F32 -> ElementType.F32;
      case BF16 -> ElementType.BF16;
      case F16 -> ElementType.F16;
    };
  }

  private void append(String row) {
    try {
      Files.writeString(table, row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + table, e);
    }
  }
}
