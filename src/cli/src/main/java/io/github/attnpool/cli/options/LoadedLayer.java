package io.github.attnpool.cli.options;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.AttentionParameters;
import java.io.IOException;

/**
 * A layer's parameters, with the layout that they were read by.
 *
 * @param layout name of the layout by which the file was read
 * @param parameters as they are used, after the options that replace some
 */
public record LoadedLayer(String layout, AttentionParameters parameters) {

  /**
   * Describes the layer in words.
   *
   * @return for example {@code layout attnpool, tanh, temperature 1.0}
   */
  public String describe() {
    return "layout %s, %s, temperature %s"
        .formatted(layout, isAdditive() ? activation() : "linear form", parameters.temperature());
  }

  /**
   * Writes the layer's fields; in the linear form, the activation is null.
   *
   * @param json in an object
   * @throws IOException if writing fails
   */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("layout", layout);
    json.writeStringField("activation", isAdditive() ? activation() : null);
    json.writeNumberField("temperature", parameters.temperature());
  }

  private boolean isAdditive() {
    return parameters.units() > 0;
  }

  private String activation() {
    return Choice.name(parameters.activation());
  }
}
