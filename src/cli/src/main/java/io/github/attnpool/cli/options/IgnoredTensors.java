package io.github.attnpool.cli.options;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * Tensors of an input file that have no part in what is computed.
 *
 * @param file the input file
 * @param names of the tensors
 */
public record IgnoredTensors(Path file, List<String> names) {

  /**
   * Prints a line that names them, if there are any.
   *
   * @param err gets the line
   */
  public void tell(PrintWriter err) {
    if (!names.isEmpty()) {
      err.println(Shown.line("attnpool: not used of " + file + ": " + Shown.names(names)));
      err.flush();
    }
  }

  /**
   * Writes their names.
   *
   * @param json in an object
   * @throws IOException if writing fails
   */
  public void write(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("ignoredTensors");
    for (String name : names) {
      json.writeString(name);
    }
    json.writeEndArray();
  }
}
