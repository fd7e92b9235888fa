package io.github.attnpool.internal.cuda;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.Pooled;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.backend.Availability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The Java part of scripts/gpu-check: every form, precision and plan against float64, determinism,
 * and timings, on the device that backend cuda finds here. Arguments: a folder for {@code check.md}
 * and {@code timings.tsv}; then {@code quick} to leave out the timings. Status 1 if a check failed.
 */
final class GpuCheck {
  private final StringBuilder report = new StringBuilder();
  private int failures;

  private GpuCheck() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    GpuCheck check = new GpuCheck();
    Availability found = new CudaBackend().availability();
    if (!found.available()) {
      System.err.println("gpu-check: backend cuda cannot be used here: " + found.detail());
      System.exit(1);
    }
    check.tellDevice(found);
    check.checkForms();
    check.checkDeterminism();
    check.checkGraphs();
    if (!Arrays.asList(arguments).contains("quick")) {
      GpuTimings timings = new GpuTimings();
      timings.run();
      check.report.append(timings.markdown());
      Files.writeString(folder.resolve("timings.tsv"), timings.table());
    }
    Files.writeString(folder.resolve("check.md"), check.report);
    System.out.println(
        check.failures == 0
            ? "gpu-check: all checks passed on " + found.detail()
            : "gpu-check: " + check.failures + " checks FAILED on " + found.detail());
    System.exit(check.failures == 0 ? 0 : 1);
  }

  private void tellDevice(Availability found) {
    line("# attnpool on " + found.detail());
    line("");
    found.facts().forEach((name, value) -> line("- " + name + ": " + value));
  }

  private void checkForms() {
    line("");
    line("## Correctness");
    line("");
    line("Largest errors against float64, over ragged and padded batches with masks and gaps, of");
    line("F32, BF16 and F16 rows; relative to the 2-norm of a result.");
    line("");
    line("| form | plan | precision | context | weights | scores | logits | may be | |");
    line("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Map.Entry<String, AttentionParameters> form : Forms.all().entrySet()) {
      for (Plan plan : Plan.values()) {
        for (Precision precision : Precision.values()) {
          checkForm(form.getKey(), form.getValue(), plan, precision);
        }
      }
    }
  }

  private void checkForm(
      String name, AttentionParameters parameters, Plan plan, Precision precision) {
    Map<Output, Double> worst = new EnumMap<>(Output.class);
    String note = "good";
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = layer(parameters, plan, precision)) {
      for (ElementType type : List.of(ElementType.F32, ElementType.BF16, ElementType.F16)) {
        for (Sequences in : Batches.all(parameters, type, arena).values()) {
          Results expected = Results.expected(parameters, in);
          Results got = Results.of(layer, in);
          for (Output output : got.values().keySet()) {
            worst.merge(output, got.error(output, expected), Math::max); // NaN if one is
          }
        }
      }
    } catch (RuntimeException e) {
      note = "FAILED: " + e.getMessage();
      failures++;
    }
    double limit = Tolerance.of(precision);
    for (double error : worst.values()) {
      if (!(error <= limit) && note.equals("good")) {
        note = "FAILED";
        failures++;
      }
    }
    line(
        "| %s | %s | %s | %.1e | %.1e | %.1e | %.1e | %.1e | %s |"
            .formatted(
                name,
                plan,
                precision,
                worst.getOrDefault(Output.CONTEXT, 0.0),
                worst.getOrDefault(Output.WEIGHTS, 0.0),
                worst.getOrDefault(Output.SCORES, 0.0),
                worst.getOrDefault(Output.LOGITS, 0.0),
                limit,
                note));
  }

  static AttentionPooling layer(AttentionParameters parameters, Plan plan, Precision precision) {
    return AttentionPooling.builder(parameters)
        .backend("cuda")
        .plan(plan)
        .precision(precision)
        .build();
  }

  private void checkDeterminism() {
    line("");
    line("## Determinism");
    line("");
    line("Contexts of sequences of 1 to 5000 rows, alone and in one batch, in chunks of any size,");
    line("and from keys: the same bits?");
    line("");
    for (Precision precision : Precision.values()) {
      line("- " + precision + ": " + (isDeterministic(precision) ? "yes" : "NO: FAILED"));
    }
  }

  private boolean isDeterministic(Precision precision) {
    AttentionParameters parameters = Forms.wide();
    long[] lengths = {1, 2, 31, 32, 33, 255, 256, 257, 1000, 5000};
    boolean same = true;
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, lengths);
      float[] expected;
      int width = parameters.width();
      try (AttentionPooling layer = layer(parameters, Plan.FUSED, precision)) {
        expected = Results.of(layer, in).values().get(Output.CONTEXT);
        same &= sameBits(expected, Results.ofKeys(layer, in).values().get(Output.CONTEXT));
        for (int b = 0; b < lengths.length; b++) {
          long row = (long) width * Float.BYTES;
          Sequences alone =
              Sequences.ragged(
                  in.x().asSlice(in.offset(b) * row, lengths[b] * row),
                  ElementType.F32,
                  width,
                  0,
                  lengths[b]);
          float[] wanted = Arrays.copyOfRange(expected, b * width, (b + 1) * width);
          same &= sameBits(wanted, Results.of(layer, alone).values().get(Output.CONTEXT));
        }
      }
      for (int rows : new int[] {256, 768, 2048}) {
        System.setProperty(WorkLimits.CHUNK_PROPERTY, "" + rows);
        try (AttentionPooling layer = layer(parameters, Plan.FUSED, precision)) {
          same &= sameBits(expected, Results.of(layer, in).values().get(Output.CONTEXT));
        } finally {
          System.clearProperty(WorkLimits.CHUNK_PROPERTY);
        }
      }
    }
    failures += same ? 0 : 1;
    return same;
  }

  /** Whether libraries and driver let launches be captured: without graphs small calls are slow. */
  private void checkGraphs() {
    line("");
    line("## Graphs");
    line("");
    GpuDevice device = GpuDevice.of(Integer.getInteger(CudaBackend.DEVICE_PROPERTY, 0));
    for (Precision precision : Precision.values()) {
      boolean captured = isCaptured(device, precision);
      line("- " + precision + ": a small call " + (captured ? "is one graph" : "FAILED: is none"));
      failures += captured ? 0 : 1;
    }
  }

  private static boolean isCaptured(GpuDevice device, Precision precision) {
    AttentionParameters form = Forms.everything();
    WorkLimits limits = WorkLimits.of(form, GpuType.of(precision), device.l2(), Plan.FUSED);
    DeviceMemory memory = new DeviceMemory();
    try (CurrentDevice _ = new CurrentDevice(device);
        Arena arena = Arena.ofConfined();
        DeviceParameters parameters =
            new DeviceParameters(form, precision, limits.chunkRows(), memory);
        CudaCall call = new CudaCall(parameters, Plan.FUSED, limits, memory);
        AttentionPooling layer = layer(form, Plan.FUSED, precision)) {
      Sequences in = Batches.ragged(form, ElementType.F32, arena, 7, 40, 3);
      Piece piece = new Pieces(limits).of(in, false).getFirst();
      Pooled out = layer.allocate(in, arena);
      for (int i = 0; i < 3; i++) {
        call.run(in, null, piece, out, null);
      }
      return call.graphs() == 1;
    }
  }

  private static boolean sameBits(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Float.floatToRawIntBits(a[i]) != Float.floatToRawIntBits(b[i])) {
        return false;
      }
    }
    return a.length == b.length;
  }

  private void line(String text) {
    report.append(text).append('\n');
  }
}
