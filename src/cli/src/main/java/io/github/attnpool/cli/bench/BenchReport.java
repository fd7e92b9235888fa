package io.github.attnpool.cli.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.ElementType;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Precision;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.cli.options.LayerOptions.Settings;
import io.github.attnpool.cli.text.Json;
import io.github.attnpool.cli.text.TextTable;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What came out, for people and for programs. */
final class BenchReport {
  private final List<Outcome> outcomes;
  private final ElementType input;
  private final Peak peak;

  /**
   * @param input type of x in all of them
   * @param peak after the last case
   */
  BenchReport(List<Outcome> outcomes, ElementType input, Peak peak) {
    this.outcomes = outcomes;
    this.input = input;
    this.peak = peak;
  }

  /** A row for each case, also for one that did not run. */
  void print(PrintWriter out) {
    TextTable table =
        new TextTable(
            List.of("shape", "backend", "isa", "plan", "precision"),
            List.of("threads", "median ms", "p99 ms", "GFLOP/s", "rows/s", "% of peak"));
    for (Outcome outcome : outcomes) {
      switch (outcome) {
        case Outcome.Measured measured -> table.add(cells(measured));
        case Outcome.NotRun notRun ->
            table.add(cells(notRun), "not run: " + Shown.line(notRun.reason()));
      }
    }
    table.print(out);
    for (Map.Entry<Precision, Double> rate : peak.ofOneThread().entrySet()) {
      out.printf(
          Locale.ROOT,
          "FMA peak of one thread, %s: %.1f GFLOP/s%n",
          Choice.name(rate.getKey()),
          rate.getValue() / 1e9);
    }
  }

  private List<String> cells(Outcome.Measured measured) {
    LayerInfo info = measured.info();
    OptionalDouble fraction = fractionOfPeak(measured);
    return List.of(
        measured.shape().toString(),
        info.backend(),
        info.isa(),
        Choice.name(info.plan()),
        Choice.name(info.precision()),
        Integer.toString(info.threads()),
        digits(measured.medianMillis()),
        digits(measured.p99Millis()),
        digits(measured.flopsPerSecond() / 1e9),
        String.format(Locale.ROOT, "%,.0f", measured.rowsPerSecond()),
        fraction.isEmpty()
            ? "-"
            : String.format(Locale.ROOT, "%.1f", 100 * fraction.getAsDouble()));
  }

  /** What was asked for, since nothing ran. */
  private static List<String> cells(Outcome.NotRun notRun) {
    Settings settings = notRun.settings();
    return List.of(
        notRun.shape().toString(),
        settings.backend(),
        "-",
        settings.plan().map(Choice::name).orElse("-"),
        settings.precision().map(Choice::name).orElse("-"),
        settings.threads().map(String::valueOf).orElse("-"));
  }

  /** Four of them. */
  static String digits(double value) {
    return new BigDecimal(value).round(new MathContext(4)).toPlainString();
  }

  /** An array with an object for each case that ran. */
  String json() {
    return Json.document(
        json -> {
          json.writeStartArray();
          for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Measured measured) {
              write(json, measured);
            }
          }
          json.writeEndArray();
        });
  }

  private void write(JsonGenerator json, Outcome.Measured measured) throws IOException {
    LayerInfo info = measured.info();
    json.writeStartObject();
    json.writeStringField("backend", info.backend());
    json.writeStringField("plan", Choice.name(info.plan()));
    json.writeStringField("precision", Choice.name(info.precision()));
    json.writeNumberField("threads", info.threads());
    json.writeNumberField("b", measured.shape().batch());
    json.writeNumberField("t", measured.shape().steps());
    json.writeNumberField("h", measured.shape().width());
    json.writeNumberField("d", measured.shape().units());
    json.writeNumberField("medianMillis", measured.medianMillis());
    json.writeNumberField("p99Millis", measured.p99Millis());
    json.writeNumberField("gflops", measured.flopsPerSecond() / 1e9);
    json.writeNumberField("rowsPerSecond", measured.rowsPerSecond());
    OptionalDouble fraction = fractionOfPeak(measured);
    if (fraction.isPresent()) {
      json.writeNumberField("fractionOfPeak", fraction.getAsDouble());
    } else {
      json.writeNullField("fractionOfPeak");
    }
    json.writeStringField("isa", info.isa());
    json.writeStringField("inputType", Choice.name(input));
    json.writeNumberField("calls", measured.times().calls());
    json.writeEndObject();
  }

  private OptionalDouble fractionOfPeak(Outcome.Measured measured) {
    return peak.of(measured.info()).stream()
        .map(rate -> measured.flopsPerSecond() / rate)
        .findFirst();
  }
}
