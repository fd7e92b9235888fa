package io.github.attnpool.cli.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads an array of objects whose values are texts, numbers (as double) and nulls. */
final class JsonArray {
  private JsonArray() {}

  static List<Map<String, Object>> read(String text) throws IOException {
    List<Map<String, Object>> objects = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      expect(JsonToken.START_ARRAY, json.nextToken());
      while (json.nextToken() == JsonToken.START_OBJECT) {
        objects.add(readObject(json));
      }
      expect(JsonToken.END_ARRAY, json.currentToken());
      expect(null, json.nextToken());
    }
    return objects;
  }

  private static Map<String, Object> readObject(JsonParser json) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      fields.put(
          name,
          switch (json.nextToken()) {
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_NULL -> null;
            default -> throw new AssertionError(name + " is " + json.currentToken());
          });
    }
    expect(JsonToken.END_OBJECT, json.currentToken());
    return fields;
  }

  private static void expect(JsonToken expected, JsonToken found) {
    if (expected != found) {
      throw new AssertionError("found " + found + ", expected " + expected);
    }
  }
}
