package io.github.attnpool.cli.run;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.ElementType;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.Output;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.cli.options.LoadedLayer;
import io.github.attnpool.cli.text.Json;
import io.github.attnpool.cli.text.Rate;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What is to be said of one forward call. */
final class RunReport {
  private final LoadedLayer layer;
  private final LayerInfo info;
  private final int sequences;
  private final long rows;
  private final double millis;
  private long streamedBytes = -1; // of rows; −1 if they were not streamed
  private Map<String, long[]> written = Map.of();
  private Map<Output, Difference> differences;
  private ResultTensors results; // that were compared
  private double tolerance;

  RunReport(LoadedLayer layer, LayerInfo info, int sequences, long rows, long nanos) {
    this.layer = layer;
    this.info = info;
    this.sequences = sequences;
    this.rows = rows;
    this.millis = nanos / 1e6;
  }

  /** The rows, of so many bytes, were read in parts. */
  void streamed(long bytes) {
    streamedBytes = bytes;
  }

  /** Tensors of these shapes were written. */
  void wrote(Map<String, long[]> shapes) {
    written = shapes;
  }

  void compared(Map<Output, Difference> found, ResultTensors tensors, double allowed) {
    differences = found;
    results = tensors;
    tolerance = allowed;
  }

  /** Whether nothing that was expected differs by more than the tolerance. */
  boolean passed() {
    return differences == null
        || differences.values().stream().allMatch(difference -> difference.within(tolerance));
  }

  /** What the results were computed on, for the file that holds them. */
  static Map<String, String> metadata(LayerInfo info) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("backend", info.backend());
    metadata.put("isa", info.isa());
    metadata.put("plan", Choice.name(info.plan()));
    metadata.put("precision", Choice.name(info.precision()));
    return metadata;
  }

  void print(PrintWriter out) {
    written.forEach(
        (name, shape) ->
            out.printf("%-7s  %s %s%n", name, ElementType.F32, Arrays.toString(shape)));
    out.printf(
        Locale.ROOT,
        "%s, %s in %.3f ms%s (%s, %s, %s, %s, threads %d; %s)%n",
        count(sequences, "sequence"),
        count(rows, "row"),
        millis,
        streamedBytes < 0 ? "" : ", streamed at " + Rate.text(gigabytesPerSecond() * 1e9),
        info.backend(),
        info.isa(),
        Choice.name(info.plan()),
        Choice.name(info.precision()),
        info.threads(),
        layer.describe());
    if (differences != null) {
      differences.forEach(
          (output, difference) ->
              out.printf(
                  "%-7s  %s%n",
                  Choice.name(output), difference.describe(tolerance, results.shape(output))));
    }
  }

  private static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private double gigabytesPerSecond() {
    return millis == 0 ? 0 : streamedBytes / millis / 1e6;
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
          layer.write(json);
          json.writeNumberField("sequences", sequences);
          json.writeNumberField("rows", rows);
          json.writeNumberField("millis", millis);
          json.writeBooleanField("streamed", streamedBytes >= 0);
          if (streamedBytes >= 0) {
            json.writeNumberField("gigabytesPerSecond", gigabytesPerSecond());
          }
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
