package io.github.attnpool.internal.cuda;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.DeviceRows;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.Pooled;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.bindings.cudart.Cudart;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/**
 * Timings on a device: what copies and the multiplication alone take at least, by CUDA events; and
 * whole forward calls through the public interface, contexts to host memory included, by the clock
 * of the calling thread.
 */
final class GpuTimings {
  /** B, T, H, D of the table in performance.md. */
  private static final int[][] SHAPES = {
    {1, 32, 64, 64},
    {1, 128, 256, 256},
    {1, 512, 768, 768},
    {32, 128, 256, 256},
    {64, 512, 768, 768},
    {256, 64, 128, 128},
    {1, 50000, 1024, 256}
  };

  private static final int RUNS = 50;
  private static final long COPIED = 1L << 29;

  private final List<String> rows = new ArrayList<>();
  private double bytesPerSecond;

  void run() {
    CudaRuntime.setDevice(Integer.getInteger(CudaBackend.DEVICE_PROPERTY, 0));
    try (GpuTimer timer = new GpuTimer()) {
      DeviceMemory memory = new DeviceMemory();
      measureCopies(timer, memory);
      for (int[] shape : SHAPES) {
        for (Precision precision : Precision.values()) {
          rows.add(measure(shape, precision, timer, memory));
        }
      }
    }
  }

  /** Bytes read and written a second by a copy within the device. */
  private void measureCopies(GpuTimer timer, DeviceMemory memory) {
    long address = memory.allocate(2 * COPIED, "copies");
    try {
      double seconds =
          timer.median(
              RUNS,
              () ->
                  CudaStatus.cuda(
                      "cudaMemcpyAsync",
                      Cudart.cudaMemcpyAsync(
                          MemorySegment.ofAddress(address + COPIED),
                          MemorySegment.ofAddress(address),
                          COPIED,
                          Cudart.cudaMemcpyDeviceToDevice(),
                          MemorySegment.ofAddress(timer.stream()))));
      bytesPerSecond = 2 * COPIED / seconds;
    } finally {
      memory.free(address, 2 * COPIED);
    }
  }

  private String measure(int[] shape, Precision precision, GpuTimer timer, DeviceMemory memory) {
    Random random = new Random(Arrays.hashCode(shape));
    int width = shape[2];
    AttentionParameters parameters =
        AttentionParameters.additive(
            Forms.linear(random, shape[3], width), Forms.linear(random, 1, shape[3]));
    GpuType type = GpuType.of(precision);
    ElementType element =
        switch (type) {
          case F32 -> ElementType.F32;
          case BF16 -> ElementType.BF16;
          case F16 -> ElementType.F16;
        };
    int count = shape[0] * shape[1];
    try (Arena arena = Arena.ofConfined();
        Releases releases = new Releases();
        AttentionPooling layer = GpuCheck.layer(parameters, Plan.FUSED, precision);
        AttentionPooling staged = GpuCheck.layer(parameters, Plan.STAGED, precision)) {
      MemorySegment x = Batches.rows(random, element, count * width, arena);
      long address = memory.allocate(x.byteSize(), "x");
      releases.own(() -> memory.free(address, x.byteSize()));
      CudaRuntime.upload(address, x);
      Sequences device =
          Sequences.padded(
              new DeviceRows(address, x.byteSize()), element, shape[0], shape[1], width);
      Sequences host = Sequences.padded(x, element, shape[0], shape[1], width);
      return String.join(
          "\t",
          String.join("x", Arrays.stream(shape).mapToObj(Integer::toString).toList()),
          precision.name(),
          millis(
              GpuGemm.seconds(
                  count,
                  width,
                  shape[3],
                  type,
                  precision == Precision.TF32,
                  address,
                  RUNS,
                  timer,
                  memory)),
          millis(forward(layer, device, arena)),
          millis(forward(staged, device, arena)),
          millis(forward(layer, host, arena)));
    }
  }

  private static double forward(AttentionPooling layer, Sequences in, Arena arena) {
    Pooled out = layer.allocate(in, arena, EnumSet.of(Output.CONTEXT));
    for (int i = 0; i < 20; i++) {
      layer.forward(in, out);
    }
    double[] times = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      layer.forward(in, out);
      times[i] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(times);
    return times[RUNS / 2];
  }

  private static String millis(double seconds) {
    return "%.4f".formatted(seconds * 1e3);
  }

  /** For programs: shape, precision, ms of GEMM, fused, staged, fused from host memory. */
  String table() {
    return String.join("\n", rows) + "\n";
  }

  /** For people. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        "\n## Timings\n\nCopies within the device: %.0f GB/s read and written.\n"
            .formatted(bytesPerSecond / 1e9));
    text.append(
        """
        GEMM: cuBLASLt's multiplication alone over all rows, results in the rows' type, with the
        algorithm that it holds to be the fastest, by CUDA events. Forward: a whole call through the public interface, contexts in host
        memory, by the calling thread's clock; rows in device memory but for the last column.
        Medians of %d, ms.

        | B×T×H×D | precision | GEMM | fused | fused / GEMM rate | staged | fused, rows on host |
        | --- | --- | --- | --- | --- | --- | --- |
        """
            .formatted(RUNS));
    for (String row : rows) {
      String[] cells = row.split("\t", -1);
      double share = Double.parseDouble(cells[2]) / Double.parseDouble(cells[3]);
      text.append(
          "| %s | %s | %s | %s | %.0f%% | %s | %s |\n"
              .formatted(cells[0], cells[1], cells[2], cells[3], 100 * share, cells[4], cells[5]));
    }
    return text.toString();
  }
}
