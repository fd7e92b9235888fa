package io.github.attnpool.cli.run;

import io.github.attnpool.ElementType;
import io.github.attnpool.LayerInfo;
import io.github.attnpool.cli.options.Choice;
import io.github.attnpool.cli.options.IgnoredTensors;
import io.github.attnpool.cli.options.LoadedLayer;
import io.github.attnpool.cli.text.Json;
import io.github.attnpool.cli.text.Rate;
import io.github.attnpool.internal.io.Shown;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is reported of one run.
 *
 * @param rows kept rows of all sequences
 * @param streamedBytes size of the rows, if they were read in chunks; or {@link #NOT_STREAMED}
 * @param written shapes of the tensors that were written, by name
 * @param ignored tensors of the input that were not used
 * @param comparison null where nothing was compared
 */
record RunReport(
    LoadedLayer layer,
    LayerInfo info,
    int sequences,
    long rows,
    double millis,
    long streamedBytes,
    Map<String, long[]> written,
    IgnoredTensors ignored,
    @Nullable Comparison comparison) {
  static final long NOT_STREAMED = -1;

  /** Returns whether nothing that was expected differs by more than the tolerance. */
  boolean passed() {
    return comparison == null || comparison.passed();
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
    layer.assumed().ifPresent(line -> out.println(Shown.line(line)));
    if (comparison != null) {
      comparison.print(out);
    }
  }

  private static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private double gigabytesPerSecond() {
    return millis == 0 ? 0 : streamedBytes / millis / 1e6;
  }

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
          ignored.write(json);
          json.writeBooleanField("streamed", streamedBytes >= 0);
          if (streamedBytes >= 0) {
            json.writeNumberField("gigabytesPerSecond", gigabytesPerSecond());
          }
          if (comparison != null) {
            comparison.write(json);
          }
        });
  }
}
