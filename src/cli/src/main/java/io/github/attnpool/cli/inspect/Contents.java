package io.github.attnpool.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.format.TensorFile;
import io.github.attnpool.format.TensorInfo;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;

/** What a file of tensors holds, and the layers whose parameters they are. */
record Contents(TensorFile file, LayersFound layers) {
  void print(PrintWriter out) {
    int name = 1;
    for (String each : file.tensors().keySet()) {
      name = Math.max(name, Shown.line(each).length());
    }
    String format = "%-" + name + "s  %-4s  %s%n";
    for (TensorInfo tensor : file.tensors().values()) {
      String described = tensor.describe();
      out.printf(
          format,
          Shown.line(tensor.name()),
          tensor.type(),
          described.substring(described.indexOf('[')));
      tensor
          .attributes()
          .forEach((key, value) -> out.printf("  %s = %s%n", Shown.line(key), Shown.line(value)));
    }
    file.unreadable()
        .forEach(
            (unread, why) ->
                out.printf("not readable: '%s' %s%n", Shown.line(unread), Shown.line(why)));
    file.metadata()
        .forEach(
            (key, value) -> out.printf("metadata %s = %s%n", Shown.line(key), Shown.line(value)));
    layers.print(out);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("format", file.format());
    json.writeObjectFieldStart("tensors");
    for (TensorInfo tensor : file.tensors().values()) {
      json.writeObjectFieldStart(tensor.name());
      json.writeStringField("type", tensor.type().name());
      json.writeFieldName("shape");
      json.writeArray(tensor.shape(), 0, tensor.rank());
      if (!tensor.attributes().isEmpty()) {
        texts(json, "attributes", tensor.attributes());
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    texts(json, "unreadable", file.unreadable());
    texts(json, "metadata", file.metadata());
    layers.write(json);
  }

  private static void texts(JsonGenerator json, String name, Map<String, String> texts)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }
}
