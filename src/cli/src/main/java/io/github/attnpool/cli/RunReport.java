package io.github.attnpool.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Output;
import io.github.attnpool.Sequences;
import io.github.attnpool.format.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What is to be said of one forward call. */
final class RunReport {
  private final LayerInfo info;
  private final int sequences;
  private final long rows;
  private final double millis;
  private Map<Output, Difference> differences;
  private double tolerance;

  RunReport(LayerInfo info, Sequences in, long nanos) {
    this.info = info;
    this.sequences = in.batch();
    this.rows = in.kept().count();
    this.millis = nanos / 1e6;
  }

  void compared(Map<Output, Difference> found, double allowed) {
    differences = found;
    tolerance = allowed;
  }

  /** Whether nothing that was expected differs by more than the tolerance. */
  boolean passed() {
    return differences == null
        || differences.values().stream().allMatch(difference -> difference.within(tolerance));
  }

  /** What the results were computed on, for the file that holds them. */
  Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("backend", info.backend());
    metadata.put("isa", info.isa());
    metadata.put("plan", Choice.name(info.plan()));
    metadata.put("precision", Choice.name(info.precision()));
    return metadata;
  }

  void print(PrintWriter out, List<Tensor> written) {
    for (Tensor tensor : written) {
      out.printf("%-7s  %s%n", tensor.name(), tensor.describe());
    }
    out.printf(
        Locale.ROOT,
        "%d sequences, %d rows in %.3f ms (%s, %s, %s, %s, threads %d)%n",
        sequences,
        rows,
        millis,
        info.backend(),
        info.isa(),
        Choice.name(info.plan()),
        Choice.name(info.precision()),
        info.threads());
    if (differences != null) {
      differences.forEach(
          (output, difference) ->
              out.printf("%-7s  %s%n", Choice.name(output), difference.describe(tolerance)));
    }
  }

  /** A difference that is no finite number, which JSON cannot express, is null. */
  void printJson(PrintWriter out) {
    Json.print(
        out,
        json -> {
          json.writeStringField("backend", info.backend());
          json.writeStringField("isa", info.isa());
          json.writeStringField("plan", Choice.name(info.plan()));
          json.writeStringField("precision", Choice.name(info.precision()));
          json.writeNumberField("threads", info.threads());
          json.writeNumberField("sequences", sequences);
          json.writeNumberField("rows", rows);
          json.writeNumberField("millis", millis);
          if (differences != null) {
            writeDifferences(json);
          }
        });
  }

  private void writeDifferences(JsonGenerator json) throws IOException {
    json.writeNumberField("tolerance", tolerance);
    json.writeBooleanField("withinTolerance", passed());
    json.writeObjectFieldStart("maxAbsError");
    for (Map.Entry<Output, Difference> entry : differences.entrySet()) {
      json.writeFieldName(Choice.name(entry.getKey()));
      double size = entry.getValue().size();
      if (Double.isFinite(size)) {
        json.writeNumber(size);
      } else {
        json.writeNull();
      }
    }
    json.writeEndObject();
  }
}
