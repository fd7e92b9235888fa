package io.github.attnpool.cli.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.spi.Availability;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is known of one thing, by name, in the order in which it is to be shown. */
final class Facts {
  private final Map<String, Object> values = new LinkedHashMap<>();

  /**
   * Adds a fact, unless it is not known.
   *
   * @param value a text, or a number; null if it is not known
   */
  Facts add(String name, @Nullable Object value) {
    if (value != null) {
      values.put(name, value);
    }
    return this;
  }

  /** Adds why something is not there, if so. */
  Facts addReason(Availability availability) {
    return add("reason", availability.available() ? null : availability.detail());
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, Object> value : values.entrySet()) {
      json.writePOJOField(value.getKey(), value.getValue());
    }
    json.writeEndObject();
  }

  /** On one line. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(value -> Shown.line(value.getKey() + " " + value.getValue()))
        .collect(Collectors.joining(", "));
  }
}
