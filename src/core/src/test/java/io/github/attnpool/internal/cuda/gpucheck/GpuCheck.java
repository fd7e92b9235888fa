package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.internal.cuda.CudaBackend;
import io.github.attnpool.internal.cuda.nvidia.CurrentDevice;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.spi.Availability;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The Java part of scripts/gpu-check, on the device that backend cuda finds here. Prints Markdown.
 * Arguments, one of:
 *
 * <ul>
 *   <li>{@code check}: every form, precision and plan against float64, determinism, graphs;
 *   <li>{@code sanitize}: the few forms that between them take every kernel;
 *   <li>{@code timings FILE [SHAPES]}: and a table for programs in the file;
 *   <li>{@code tune [SHAPES]}: calls with chunks of different sizes.
 * </ul>
 *
 * <p>Status 3 if something failed and the report says so, 4 if there is no device.
 */
final class GpuCheck {
  private GpuCheck() {}

  public static void main(String[] arguments) {
    GpuReport report = new GpuReport(new FileOutputStream(FileDescriptor.out));
    Availability found = new CudaBackend().availability();
    if (!found.available()) {
      report.line("Not run: backend cuda cannot be used here: " + found.detail());
      System.exit(4);
    }
    GpuDevice device = GpuDevice.of(Integer.getInteger(CudaBackend.DEVICE_PROPERTY, 0));
    try (CurrentDevice _ = new CurrentDevice(device)) {
      run(arguments, found, device, report);
    }
    System.exit(report.failures() == 0 ? 0 : 3);
  }

  private static void run(
      String[] arguments, Availability found, GpuDevice device, GpuReport report) {
    switch (arguments[0]) {
      case "check" -> check(found, device, report);
      case "sanitize" -> new GpuForms(report).few();
      case "timings" ->
          new GpuTimings(report, Path.of(arguments[1])).run(shapes(arguments, 2, GpuShape.ALL));
      case "tune" -> GpuTuning.run(shapes(arguments, 1, GpuShape.TARGETS), device, report);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static List<GpuShape> shapes(String[] arguments, int index, List<GpuShape> otherwise) {
    return arguments.length > index ? GpuShape.parse(arguments[index]) : otherwise;
  }

  private static void check(Availability found, GpuDevice device, GpuReport report) {
    report.line("# attnpool on " + found.detail());
    report.line("");
    report.line("- multiprocessors: " + device.processors());
    report.line("- L2 cache: " + (device.l2() >> 10) + " KiB");
    found.facts().forEach((name, value) -> report.line("- " + name + ": " + value));
    new GpuForms(report).all();
    new GpuDeterminism(report).check(device);
    GpuGraphs.check(device, report);
  }
}
