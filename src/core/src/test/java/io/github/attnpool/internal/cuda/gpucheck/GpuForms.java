package io.github.attnpool.internal.cuda.gpucheck;

import io.github.attnpool.AttentionParameters;
import io.github.attnpool.AttentionPooling;
import io.github.attnpool.ElementType;
import io.github.attnpool.Output;
import io.github.attnpool.Plan;
import io.github.attnpool.Precision;
import io.github.attnpool.Sequences;
import io.github.attnpool.internal.cuda.Results;
import io.github.attnpool.internal.cuda.Tolerance;
import io.github.attnpool.testkit.Batches;
import io.github.attnpool.testkit.Forms;
import java.lang.foreign.Arena;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Compares results of layers on the device with float64's, form by form. */
final class GpuForms {
  /** Between them they take every kernel: with and without hidden units, gate, heads, query. */
  private static final List<String> EVERY_KERNEL =
      List.of("everything of odd widths", "gate, heads", "linear");

  private static final List<Precision> EVERY_TYPE =
      List.of(Precision.F32, Precision.BF16, Precision.F16);

  private final GpuReport report;

  GpuForms(GpuReport report) {
    this.report = report;
  }

  static AttentionPooling layer(AttentionParameters parameters, Plan plan, Precision precision) {
    return AttentionPooling.builder(parameters)
        .backend("cuda")
        .plan(plan)
        .precision(precision)
        .build();
  }

  /** All forms, plans and precisions. */
  void all() {
    report.heading("Correctness");
    check(Forms.all().keySet(), List.of(Precision.values()));
  }

  /** As few as take every kernel. */
  void few() {
    check(EVERY_KERNEL, EVERY_TYPE);
  }

  private void check(Collection<String> names, List<Precision> precisions) {
    report.line("Largest errors against float64, over ragged and padded batches with masks and");
    report.line("gaps, of F32, BF16 and F16 rows; relative to the 2-norm of a result.");
    report.head(
        "form", "plan", "precision", "context", "weights", "scores", "logits", "may be", "");
    Map<String, AttentionParameters> forms = Forms.all();
    for (Plan plan : new Plan[] {Plan.FUSED, Plan.STAGED}) {
      for (String name : names) {
        for (Precision precision : precisions) {
          check(name, forms.get(name), plan, precision);
        }
      }
    }
  }

  private void check(String name, AttentionParameters parameters, Plan plan, Precision precision) {
    Map<Output, Double> worst = new EnumMap<>(Output.class);
    double limit = Tolerance.of(precision);
    String note;
    try {
      measure(parameters, plan, precision, worst);
      boolean good = worst.values().stream().allMatch(error -> error <= limit); // false for NaN
      note = good ? "good" : report.failed(null);
    } catch (RuntimeException | LinkageError e) {
      note = report.failed(e);
    }
    report.row(
        name,
        plan,
        precision,
        GpuReport.error(worst.getOrDefault(Output.CONTEXT, 0.0)),
        GpuReport.error(worst.getOrDefault(Output.WEIGHTS, 0.0)),
        GpuReport.error(worst.getOrDefault(Output.SCORES, 0.0)),
        GpuReport.error(worst.getOrDefault(Output.LOGITS, 0.0)),
        GpuReport.error(limit),
        note);
  }

  private static void measure(
      AttentionParameters parameters, Plan plan, Precision precision, Map<Output, Double> worst) {
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
    }
  }
}
