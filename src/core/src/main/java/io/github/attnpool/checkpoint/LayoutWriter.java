package io.github.attnpool.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.internal.io.Spelling;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;

/** Writes layouts as the text of layout files, without what has its default. */
final class LayoutWriter {
  private final JsonGenerator json;

  private LayoutWriter(JsonGenerator json) {
    this.json = json;
  }

  static String write(Layout layout) {
    StringWriter text = new StringWriter();
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.setPrettyPrinter(
          new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter));
      new LayoutWriter(json).layout(layout);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no stream is behind it
    }
    return text + "\n";
  }

  private void layout(Layout layout) throws IOException {
    LayoutFields fields = layout.fields();
    json.writeStartObject();
    json.writeNumberField(LayoutReader.VERSION_KEY, LayoutReader.VERSION);
    json.writeStringField("name", fields.name());
    if (fields.source().isPresent()) {
      json.writeStringField("source", fields.source().get());
    }
    if (fields.note().isPresent()) {
      json.writeStringField("note", fields.note().get());
    }
    for (Stage stage : Stage.values()) {
      if (!layout.steps(stage).isEmpty()) {
        json.writeArrayFieldStart(stage.key());
        for (LayoutStep step : layout.steps(stage)) {
          step(step);
        }
        json.writeEndArray();
      }
    }
    if (fields.queryIsTerm()) {
      json.writeStringField("query", "term");
    }
    if (fields.poolsInput()) {
      json.writeStringField("values", "input");
    }
    rest(fields);
    json.writeEndObject();
  }

  private void rest(LayoutFields fields) throws IOException {
    if (fields.perChannel() || fields.epsilon() != 0) {
      json.writeObjectFieldStart("softmax");
      json.writeStringField("per", fields.perChannel() ? "channel" : "head");
      if (fields.epsilon() != 0) {
        json.writeNumberField("epsilon", fields.epsilon());
      }
      json.writeEndObject();
    }
    if (fields.deviation()) {
      texts("statistics", List.of("mean", "std"));
      json.writeNumberField("min-variance", fields.minVariance());
    }
    if (fields.heads() != HeadCombination.CONCAT) {
      json.writeStringField("heads", Spelling.of(fields.heads()));
    }
    if (!fields.ignore().isEmpty()) {
      texts("ignore", fields.ignore());
    }
    if (!fields.optional().isEmpty()) {
      texts("optional", fields.optional().stream().map(Stage::key).toList());
    }
    if (fields.metadata()) {
      json.writeBooleanField("metadata", true);
    }
    if (fields.oneHead()) {
      json.writeBooleanField("one-head", true);
    }
  }

  private void texts(String key, Collection<String> texts) throws IOException {
    json.writeArrayFieldStart(key);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private void step(LayoutStep step) throws IOException {
    json.writeStartObject();
    switch (step) {
      case LayoutStep.Map map -> map(map);
      case LayoutStep.LayerNorm(NamePattern module, double epsilon) ->
          norm("layernorm", module, epsilon);
      case LayoutStep.BatchNorm(NamePattern module, double epsilon) ->
          norm("batchnorm", module, epsilon);
      case LayoutStep.Apply(var activation) ->
          json.writeStringField("activation", Spelling.of(activation));
      case LayoutStep.StepBias(NamePattern tensor) ->
          json.writeStringField("step-bias", tensor.text());
      case LayoutStep.Divide(float by) -> json.writeNumberField("divide", by);
    }
    json.writeEndObject();
  }

  private void norm(String key, NamePattern module, double epsilon) throws IOException {
    json.writeStringField(key, module.text());
    json.writeNumberField("eps", epsilon);
  }

  private void map(LayoutStep.Map map) throws IOException {
    if (map.module().isPresent()) {
      json.writeStringField("linear", map.module().get().text());
      return;
    }
    json.writeObjectFieldStart("linear");
    json.writeStringField("weight", map.weight().text());
    if (map.bias().isPresent()) {
      json.writeStringField("bias", map.bias().get().text());
    }
    if (map.transposed()) {
      json.writeBooleanField("transposed", true);
    }
    json.writeEndObject();
  }
}
