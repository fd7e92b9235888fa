package io.github.attnpool.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.LayerMatch;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/**
 * The layers of known layouts in a file.
 *
 * @param nearest the layout that the tensors are nearest to, if they fit none; null if none is near
 */
record LayersFound(List<LayerMatch> layers, String nearest) {

  /** Of a file without names to go by. */
  static final LayersFound NONE = new LayersFound(List.of(), null);

  static LayersFound in(Checkpoint checkpoint) {
    List<LayerMatch> layers = checkpoint.layers();
    return new LayersFound(layers, layers.isEmpty() ? checkpoint.nearest().orElse(null) : null);
  }

  void print(PrintWriter out) {
    for (LayerMatch layer : layers) {
      String options = options(layer);
      out.println("layout: " + layer.layout() + (options.isEmpty() ? "" : ", with" + options));
      LayerSummary summary = new LayerSummary(layer.outline());
      out.println("computes: " + summary);
      if (summary.queries() != null) {
        out.println("queries: " + summary.queries());
      }
    }
    if (layers.isEmpty()) {
      out.println("layout: none recognised");
    }
    if (nearest != null) {
      out.println("nearest: " + Shown.line(nearest));
    }
  }

  /** What a command needs to be told to read this layer. */
  private String options(LayerMatch layer) {
    String prefix = layer.prefix();
    boolean alone = layers.stream().filter(each -> each.prefix().equals(prefix)).count() == 1;
    return (alone ? "" : " --layout " + layer.layout())
        + (prefix.isEmpty() ? "" : " --prefix " + Shown.line(prefix));
  }

  void write(JsonGenerator json) throws IOException {
    LayerMatch first = layers.isEmpty() ? null : layers.getFirst();
    json.writeStringField("layout", first == null ? null : first.layout());
    json.writeStringField("prefix", first == null ? null : first.prefix());
    json.writeStringField("nearest", nearest);
    json.writeArrayFieldStart("layers");
    for (LayerMatch layer : layers) {
      json.writeStartObject();
      json.writeStringField("layout", layer.layout());
      json.writeStringField("prefix", layer.prefix());
      new LayerSummary(layer.outline()).write(json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
