package io.github.attnpool.cli.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON for programs that read results. */
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Content of an object or a document. */
  public interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** Prints one object on one line; prints nothing if writing its fields fails. */
  public static void print(PrintWriter out, Fields fields) {
    out.println(
        text(
            json -> {
              json.writeStartObject();
              fields.write(json);
              json.writeEndObject();
            }));
  }

  /** Returns a document for a file, with line breaks and indents. */
  public static String document(Fields content) {
    String text =
        text(
            json -> {
              json.useDefaultPrettyPrinter();
              content.write(json);
            });
    return text + System.lineSeparator();
  }

  private static String text(Fields content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      content.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
