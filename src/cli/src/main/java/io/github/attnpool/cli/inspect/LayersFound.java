package io.github.attnpool.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.AttnPoolException;
import io.github.attnpool.checkpoint.Checkpoint;
import io.github.attnpool.checkpoint.LayerMatch;
import io.github.attnpool.checkpoint.LayerReader;
import io.github.attnpool.cli.options.AssumedLine;
import io.github.attnpool.internal.io.Shown;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/**
 * The layers of known layouts in a file.
 *
 * @param trouble why there are none: which tensors no layout explains, or what the nearest misses
 */
record LayersFound(List<LayerMatch> layers, Optional<String> trouble) {

  /** Of a file without names to go by. */
  static final LayersFound NONE = new LayersFound(List.of(), Optional.empty());

  static LayersFound in(Checkpoint checkpoint) {
    List<LayerMatch> layers = checkpoint.layers();
    return new LayersFound(layers, checkpoint.trouble());
  }

  /** The one layer that a reader is told to find. */
  static LayersFound by(LayerReader reader) {
    try {
      return new LayersFound(List.of(reader.match()), Optional.empty());
    } catch (AttnPoolException e) {
      return new LayersFound(List.of(), Optional.of(e.problem()));
    }
  }

  void print(PrintWriter out) {
    for (LayerMatch layer : layers) {
      String options = options(layer);
      out.println("layout: " + layer.layout() + (options.isEmpty() ? "" : ", with" + options));
      LayerSummary summary = new LayerSummary(layer.outline());
      out.println("computes: " + summary);
      summary.queries().ifPresent(queries -> out.println("queries: " + queries));
      layer.source().ifPresent(source -> out.println("source: " + Shown.line(source)));
      new AssumedLine(layer).text().ifPresent(line -> out.println(Shown.line(line)));
    }
    if (layers.isEmpty()) {
      out.println("layout: none recognised");
    }
    trouble.ifPresent(why -> out.println("because: " + Shown.line(why)));
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
    json.writeStringField("because", trouble.orElse(null));
    json.writeArrayFieldStart("layers");
    for (LayerMatch layer : layers) {
      json.writeStartObject();
      json.writeStringField("layout", layer.layout());
      json.writeStringField("prefix", layer.prefix());
      json.writeStringField("source", layer.source().orElse(null));
      json.writeStringField("note", layer.note().orElse(null));
      new LayerSummary(layer.outline()).write(json);
      json.writeArrayFieldStart("unused");
      for (String name : layer.unused()) {
        json.writeString(name);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
