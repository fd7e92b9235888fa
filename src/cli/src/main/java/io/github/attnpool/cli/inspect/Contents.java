package io.github.attnpool.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.format.Tensor;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;

/** What a file of tensors holds, and the layers whose parameters they are. */
record Contents(Map<String, Tensor> tensors, Map<String, String> metadata, LayersFound layers) {
  void print(PrintWriter out) {
    int name = 1;
    for (String each : tensors.keySet()) {
      name = Math.max(name, Shown.line(each).length());
    }
    String format = "%-" + name + "s  %-4s  %s%n";
    for (Tensor tensor : tensors.values()) {
      String described = tensor.describe();
      out.printf(
          format,
          Shown.line(tensor.name()),
          tensor.type(),
          described.substring(described.indexOf('[')));
    }
    metadata.forEach(
        (key, value) -> out.printf("metadata %s = %s%n", Shown.line(key), Shown.line(value)));
    layers.print(out);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("tensors");
    for (Tensor tensor : tensors.values()) {
      json.writeObjectFieldStart(tensor.name());
      json.writeStringField("type", tensor.type().name());
      json.writeFieldName("shape");
      json.writeArray(tensor.shape(), 0, tensor.rank());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeObjectFieldStart("metadata");
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
    layers.write(json);
  }
}
