package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.cuda.Results;
import io.github.attnpool.internal.cuda.device.DeviceMemory;
import io.github.attnpool.internal.cuda.engine.WorkLimits;
import io.github.attnpool.internal.cuda.nvidia.CurrentDevice;
import io.github.attnpool.internal.cuda.nvidia.GpuDevice;
import io.github.attnpool.internal.cuda.parameters.DeviceParameters;
import io.github.attnpool.internal.maps.PlainLayer;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

/** Whether a row's results are the same bits whatever is computed beside it. */
final class GpuDeterminism {
  private static final long[] LENGTHS = {1, 2, 31, 32, 33, 255, 256, 257, 1000, 5000};
  private static final int[] CHUNKS = {256, 768, 2048};
  private static final int RANDOM_COUNTS = 40;

  private final GpuReport report;
  private final Random random = new Random(20261124);

  GpuDeterminism(GpuReport report) {
    this.report = report;
  }

  void check(GpuDevice device) {
    report.heading("Determinism");
    report.line(
        "Contexts of sequences of 1 to 5000 rows, alone and in one batch, in chunks of any");
    report.line("size, and from keys: the same bits? Then scores of rows that are multiplied in");
    report.line(
        "numbers of 1 to a chunk's, " + RANDOM_COUNTS + " of them at random: the same bits?");
    report.line("");
    for (Precision precision : Precision.values()) {
      report.line("- " + precision + ", contexts: " + answer(() -> sameContexts(precision)));
      for (GpuShape shape : List.of(new GpuShape(1, 1, 256, 256), new GpuShape(1, 1, 768, 768))) {
        String name = precision + ", scores of " + shape.width() + "→" + shape.units();
        report.line("- " + name + ": " + answer(() -> sameScores(shape, precision, device)));
      }
    }
  }

  private interface Question {
    boolean isTrue();
  }

  private String answer(Question question) {
    try {
      return question.isTrue() ? "yes" : "NO: " + report.failed(null);
    } catch (RuntimeException | LinkageError e) {
      return report.failed(e);
    }
  }

  private static boolean sameContexts(Precision precision) {
    AttentionParameters parameters = Forms.wide();
    boolean same = true;
    try (Arena arena = Arena.ofConfined()) {
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, LENGTHS);
      float[] expected;
      int width = parameters.width();
      try (AttentionPooling layer = GpuForms.layer(parameters, Plan.FUSED, precision)) {
        expected = Results.of(layer, in).values().get(Output.CONTEXT);
        same &= sameBits(expected, Results.ofKeys(layer, in).values().get(Output.CONTEXT));
        for (int b = 0; b < LENGTHS.length; b++) {
          Sequences alone = rows(in, in.offset(b), LENGTHS[b]);
          float[] wanted = Arrays.copyOfRange(expected, b * width, (b + 1) * width);
          same &= sameBits(wanted, Results.of(layer, alone).values().get(Output.CONTEXT));
        }
      }
      for (int chunk : CHUNKS) {
        System.setProperty(WorkLimits.CHUNK_PROPERTY, Integer.toString(chunk));
        try (AttentionPooling layer = GpuForms.layer(parameters, Plan.FUSED, precision)) {
          same &= sameBits(expected, Results.of(layer, in).values().get(Output.CONTEXT));
        } finally {
          System.clearProperty(WorkLimits.CHUNK_PROPERTY);
        }
      }
    }
    return same;
  }

  private boolean sameScores(GpuShape shape, Precision precision, GpuDevice device) {
    AttentionParameters parameters = shape.parameters();
    EnumSet<Output> scores = EnumSet.of(Output.SCORES);
    try (Arena arena = Arena.ofConfined();
        AttentionPooling layer = GpuForms.layer(parameters, Plan.FUSED, precision)) {
      int chunk = Math.toIntExact(chunkRows(parameters, precision, device));
      Sequences in = Batches.ragged(parameters, ElementType.F32, arena, chunk);
      float[] expected = Results.of(layer, in, scores).values().get(Output.SCORES);
      boolean same = true;
      for (int i = 0; i < RANDOM_COUNTS; i++) {
        // Every other one is small: there algorithms change.
        int rows = 1 + random.nextInt(i % 2 == 0 ? chunk : Math.min(chunk, 1 + 4 * i));
        int first = random.nextInt(chunk - rows + 1);
        float[] found =
            Results.of(layer, rows(in, first, rows), scores).values().get(Output.SCORES);
        same &= sameBits(Arrays.copyOfRange(expected, first, first + rows), found);
      }
      return same;
    }
  }

  private static long chunkRows(
      AttentionParameters parameters, Precision precision, GpuDevice device) {
    try (CurrentDevice _ = new CurrentDevice(device);
        DeviceParameters resident =
            new DeviceParameters(PlainLayer.of(parameters), precision, new DeviceMemory())) {
      return WorkLimits.of(resident, Plan.FUSED, device.l2()).chunkRows();
    }
  }

  /** Some of the rows, as one sequence. */
  private static Sequences rows(Sequences in, long first, long rows) {
    long row = (long) in.width() * Float.BYTES;
    return Sequences.ragged(
        in.rows().memory().orElseThrow().asSlice(first * row, rows * row),
        ElementType.F32,
        in.width(),
        0,
        rows);
  }

  private static boolean sameBits(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Float.floatToRawIntBits(a[i]) != Float.floatToRawIntBits(b[i])) {
        return false;
      }
    }
    return a.length == b.length;
  }
}
