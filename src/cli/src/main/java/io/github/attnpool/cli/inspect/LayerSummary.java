package io.github.attnpool.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.checkpoint.LayerOutline;
import io.github.attnpool.checkpoint.LayerOutline.StageOutline;
import io.github.attnpool.cli.options.Choice;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a layer computes, in one line for people and as fields for programs. */
record LayerSummary(LayerOutline layer) {

  /**
   * For example {@code x [1024] -> rows: linear [512], relu -> hidden: linear [256], tanh -> score:
   * linear [1]}.
   */
  @Override
  public String toString() {
    return "x ["
        + layer.inputWidth()
        + "] -> "
        + layer.stages().stream()
            .filter(stage -> !stage.stage().equals("query"))
            .map(stage -> stage.stage() + ": " + String.join(", ", stage.steps()))
            .collect(Collectors.joining(" -> "))
        + (layer.heads() == 1 ? "" : ", " + layer.heads() + " heads");
  }

  /** Describes the queries that the layer takes with x, if it takes any. */
  Optional<String> queries() {
    if (!isAdditive()) {
      return Optional.empty();
    }
    String use =
        hasQueryStage()
            ? "one per sequence, through the query stage"
            : "optional: added to the hidden units of each sequence";
    return Optional.of(String.format(Locale.ROOT, "[B, %d], %s", queryWidth(), use));
  }

  private boolean hasQueryStage() {
    return layer.queryWidth() > 0;
  }

  /** Q; without a query stage a query is the term itself. */
  private long queryWidth() {
    return hasQueryStage() ? layer.queryWidth() : layer.units();
  }

  private boolean isAdditive() {
    return layer.units() > 0;
  }

  /** The fields; null or 0 is what the layer does not have. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("form", isAdditive() ? "additive" : "linear");
    json.writeNumberField("inputWidth", layer.inputWidth());
    json.writeNumberField("width", layer.width());
    json.writeNumberField("units", layer.units());
    if (isAdditive()) {
      json.writeObjectFieldStart("queries");
      json.writeNumberField("width", queryWidth());
      json.writeBooleanField("required", hasQueryStage());
      json.writeEndObject();
    } else {
      json.writeNullField("queries");
    }
    json.writeNumberField("heads", layer.heads());
    json.writeNumberField("outputs", layer.logitCount());
    json.writeStringField(
        "headCombination", layer.logitCount() > 0 ? Choice.name(layer.headCombination()) : null);
    json.writeObjectFieldStart("stages");
    for (StageOutline stage : layer.stages()) {
      json.writeArrayFieldStart(stage.stage());
      for (String step : stage.steps()) {
        json.writeString(step);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeArrayFieldStart("assumed");
    for (String assumed : layer.assumed()) {
      json.writeString(assumed);
    }
    json.writeEndArray();
  }
}
