package io.github.attnpool.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.checkpoint.LayerOutline;
import io.github.attnpool.cli.options.Choice;
import java.io.IOException;
import java.util.Optional;

/** What a layer computes, in one line for people and as fields for programs. */
record LayerSummary(LayerOutline layer) {

  /** For example {@code x [1024] -> projection [512] relu -> hidden [256] tanh -> 1 head}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder("x [").append(layer.inputWidth()).append(']');
    layer
        .projection()
        .ifPresent(activation -> step(line, "projection", layer.width(), Choice.name(activation)));
    if (isAdditive()) {
      step(line, "hidden", layer.units(), Choice.name(layer.activation()));
      line.append(layer.gated() ? ", gated" : "");
      line.append(hasQueryMap() ? ", query [" + queryWidth() + "]" : "");
    }
    line.append(" -> ").append(layer.heads());
    line.append(isAdditive() ? " head" : " linear head").append(layer.heads() == 1 ? "" : "s");
    if (layer.logitCount() > 0) {
      step(line, "output", layer.logitCount(), layer.heads() == 1 ? "" : heads());
    }
    line.append(layer.temperature() == 1 ? "" : ", temperature " + layer.temperature());
    line.append(layer.softmaxEpsilon() == 0 ? "" : ", softmax epsilon " + layer.softmaxEpsilon());
    return line.toString();
  }

  /** Describes the queries that the layer takes with x, if it takes any. */
  Optional<String> queries() {
    if (!isAdditive()) {
      return Optional.empty();
    }
    String use =
        hasQueryMap()
            ? "one per sequence, through the query map"
            : "optional: added to the hidden units of each sequence";
    return Optional.of("[B, %d], %s".formatted(queryWidth(), use));
  }

  private boolean hasQueryMap() {
    return layer.queryWidth() > 0;
  }

  /** Q; without a query map a query is the term itself. */
  private int queryWidth() {
    return hasQueryMap() ? layer.queryWidth() : layer.units();
  }

  private static void step(StringBuilder line, String name, int width, String how) {
    line.append(" -> ").append(name).append(" [").append(width).append(']');
    line.append(how.isEmpty() ? "" : " " + how);
  }

  private boolean isAdditive() {
    return layer.units() > 0;
  }

  private String heads() {
    return Choice.name(layer.headCombination());
  }

  /** The fields; null or 0 is what the layer does not have. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("form", isAdditive() ? "additive" : "linear");
    json.writeNumberField("inputWidth", layer.inputWidth());
    json.writeStringField("projection", layer.projection().map(Choice::name).orElse(null));
    json.writeNumberField("width", layer.width());
    json.writeNumberField("units", layer.units());
    json.writeStringField("activation", isAdditive() ? Choice.name(layer.activation()) : null);
    json.writeBooleanField("gated", layer.gated());
    json.writeNumberField("queryWidth", layer.queryWidth());
    if (isAdditive()) {
      json.writeObjectFieldStart("queries");
      json.writeNumberField("width", queryWidth());
      json.writeBooleanField("required", hasQueryMap());
      json.writeEndObject();
    } else {
      json.writeNullField("queries");
    }
    json.writeNumberField("heads", layer.heads());
    json.writeNumberField("outputs", layer.logitCount());
    json.writeStringField("headCombination", layer.logitCount() > 0 ? heads() : null);
    json.writeNumberField("temperature", layer.temperature());
    json.writeNumberField("softmaxEpsilon", layer.softmaxEpsilon());
  }
}
