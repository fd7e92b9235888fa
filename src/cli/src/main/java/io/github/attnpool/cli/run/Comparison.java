package io.github.attnpool.cli.run;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.Output;
import io.github.attnpool.cli.options.Choice;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;

/**
 * The largest difference of each output from what a file expects.
 *
 * @param results shapes of the outputs that were compared
 */
record Comparison(Map<Output, Difference> differences, ResultTensors results, double tolerance) {

  /** Returns whether no difference exceeds the tolerance. */
  boolean passed() {
    return differences.values().stream().allMatch(difference -> difference.within(tolerance));
  }

  void print(PrintWriter out) {
    differences.forEach(
        (output, difference) ->
            out.printf(
                "%-7s  %s%n",
                Choice.name(output), difference.describe(tolerance, results.shape(output))));
  }

  /** Writes the fields. A difference that is not finite is null: JSON has no such numbers. */
  void write(JsonGenerator json) throws IOException {
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
