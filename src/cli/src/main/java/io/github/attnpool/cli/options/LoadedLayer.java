package io.github.attnpool.cli.options;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.Activation;
import io.github.attnpool.AttentionParameters;
import io.github.attnpool.Divide;
import io.github.attnpool.Step;
import io.github.attnpool.checkpoint.LayerMatch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A layer's parameters, with how they were found.
 *
 * @param match the layout by which the file was read, and what was taken for granted
 * @param parameters as they are used, after the options that replace some
 */
public record LoadedLayer(LayerMatch match, AttentionParameters parameters) {

  /**
   * Describes the layer in words.
   *
   * @return for example {@code layout attnpool, tanh, temperature 1.0}
   */
  public String describe() {
    return "layout %s, %s, temperature %s"
        .formatted(match.layout(), activation().orElse("linear form"), temperature());
  }

  /**
   * Says what was assumed, in one line.
   *
   * @return for example {@code assumed: hidden tanh; gate sigmoid; prefix 'model.'; 3 unused
   *     tensors}; empty if nothing was
   */
  public Optional<String> assumed() {
    return new AssumedLine(match).text();
  }

  /**
   * Writes the layer's fields; in the linear form, the activation is null.
   *
   * @param json in an object
   * @throws IOException if writing fails
   */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("layout", match.layout());
    json.writeStringField("prefix", match.prefix());
    json.writeStringField("activation", activation().orElse(null));
    json.writeNumberField("temperature", temperature());
    texts(json, "assumed", match.outline().assumed());
    texts(json, "unused", match.unused());
  }

  private static void texts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private float temperature() {
    float product = 1;
    for (Step step : parameters.score()) {
      product *= step instanceof Divide(float by) ? by : 1;
    }
    return product;
  }

  /** The last activation of the hidden units; empty in the linear form. */
  private Optional<String> activation() {
    List<Step> hidden = parameters.hidden();
    if (hidden.isEmpty()) {
      return Optional.empty();
    }
    return hidden.getLast() instanceof Activation activation
        ? Optional.of(Choice.name(activation))
        : Optional.of(Choice.name(Activation.IDENTITY));
  }
}
