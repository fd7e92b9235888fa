package io.github.attnpool.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.LayerMatch;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/**
 * The layers of known layouts in a file.
 *
 * @param nearest the layout that the tensors are nearest to, if they fit none and one is near
 */
record LayersFound(List<LayerMatch> layers, Optional<String> nearest) {

  /** Of a file without names to go by. */
  static final LayersFound NONE = new LayersFound(List.of(), Optional.empty());

  static LayersFound in(Checkpoint checkpoint) {
    List<LayerMatch> layers = checkpoint.layers();
    return new LayersFound(layers, layers.isEmpty() ? checkpoint.nearest() : Optional.empty());
  }

  void print(PrintWriter out) {
    for (LayerMatch layer : layers) {
      String options = options(layer);
      out.println("layout: " + layer.layout() + (options.isEmpty() ? "" : ", with" + options));
      LayerSummary summary = new LayerSummary(layer.outline());
      out.println("computes: " + summary);
      summary.queries().ifPresent(queries -> out.println("queries: " + queries));
    }
    if (layers.isEmpty()) {
      out.println("layout: none recognised");
    }
    nearest.ifPresent(layout -> out.println("nearest: " + Shown.line(layout)));
  }

  /** What a command needs to be told to read this layer. */
  private String options(LayerMatch layer) {
    String prefix = layer.prefix();
    boolean alone = layers.stream().filter(each -> each.prefix().equals(prefix)).count() == 1;
    return (alone ? "" : " --layout " + layer.layout())
        + (prefix.isEmpty() ? "" : " --prefix " + Shown.line(prefix));
  }

  void write(JsonGenerator json) throws IOException {
    Optional<LayerMatch> first = layers.stream().findFirst();
    json.writeStringField("layout", first.map(LayerMatch::layout).orElse(null));
    json.writeStringField("prefix", first.map(LayerMatch::prefix).orElse(null));
    json.writeStringField("nearest", nearest.orElse(null));
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
