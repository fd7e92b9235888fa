package io.github.attnpool.hdf5;

import io.jhdf.api.Attribute;
import java.lang.reflect.Array;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Attributes as texts. Those that cannot be read as such are left out: nothing rests on them. */
final class AttributeTexts {
  private static final int MAX_ATTRIBUTES = 256;
  private static final long MAX_ELEMENTS = 64;
  private static final long MAX_BYTES = 1 << 16;

  private AttributeTexts() {}

  /** Returns numbers and texts; of arrays, short ones. */
  static Map<String, String> of(Map<String, Attribute> attributes) {
    Map<String, String> texts = new LinkedHashMap<>();
    new TreeMap<>(attributes)
        .values().stream()
            .limit(MAX_ATTRIBUTES)
            .forEach(
                attribute -> {
                  String text = text(attribute);
                  if (!text.isEmpty()) {
                    texts.put(attribute.getName(), text);
                  }
                });
    return texts;
  }

  private static String text(Attribute attribute) {
    try {
      if (attribute.getSize() > MAX_ELEMENTS || attribute.getSizeInBytes() > MAX_BYTES) {
        return "";
      }
      Object data = attribute.getData();
      return data == null ? "" : text(data);
    } catch (RuntimeException | StackOverflowError _) {
      return "";
    }
  }

  private static String text(Object data) {
    if (!data.getClass().isArray()) {
      return String.valueOf(data);
    }
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < Array.getLength(data); i++) {
      text.append(i == 0 ? "" : ", ").append(text(Array.get(data, i)));
    }
    return text.append(']').toString();
  }
}
