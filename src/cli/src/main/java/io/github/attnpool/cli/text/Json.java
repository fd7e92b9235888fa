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
    /**
     * Writes the content.
     *
     * @param json the place to write to
     * @throws IOException if writing fails
     */
    void write(JsonGenerator json) throws IOException;
  }

  /**
   * Prints one object on one line; prints nothing if writing its fields fails.
   *
   * @param out gets the line
   * @param fields of the object
   * @throws UncheckedIOException if writing the fields fails
   */
  public static void print(PrintWriter out, Fields fields) {
    out.println(
        text(
            json -> {
              json.writeStartObject();
              fields.write(json);
              json.writeEndObject();
            }));
  }

  /**
   * Returns a document for a file, with line breaks and indents.
   *
   * @param content the whole document
   * @return its text, which ends with a line break
   * @throws UncheckedIOException if writing the content fails
   */
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
