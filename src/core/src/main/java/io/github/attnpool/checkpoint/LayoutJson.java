package io.github.attnpool.checkpoint;

import io.github.attnpool.AttnPoolException;
import io.github.attnpool.internal.io.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An object in a layout file, with typed access to its values. Whatever has another type than asked
 * for is an error.
 *
 * @param operation names the file, for errors
 * @param where the object stands; empty for the file's own
 */
record LayoutJson(String operation, String where, Map<?, ?> values) {

  static LayoutJson of(String operation, Object tree) {
    if (tree instanceof Map<?, ?> object) {
      return new LayoutJson(operation, "", object);
    }
    throw new AttnPoolException(operation, "it is no JSON object {…}");
  }

  AttnPoolException bad(String problem) {
    return new AttnPoolException(operation, where + problem);
  }

  private AttnPoolException mustBe(String key, String what) {
    return bad("'%s' must be %s".formatted(key, what));
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  List<String> keys() {
    return values.keySet().stream().map(Object::toString).toList();
  }

  boolean isText(String key) {
    return values.get(key) instanceof String;
  }

  /** Checks that there are no others. */
  void checkKeys(Set<String> known) {
    for (Object key : values.keySet()) {
      if (!known.contains(key.toString())) {
        throw bad(
            "there is a key '%s', must be one of %s"
                .formatted(Shown.text(key.toString()), String.join(", ", new TreeSet<>(known))));
      }
    }
  }

  Optional<String> text(String key) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text && !text.isBlank()) {
      return Optional.of(text);
    }
    throw mustBe(key, "a text");
  }

  String oneOf(String key, List<String> allowed) {
    String text = text(key).orElse("");
    if (!allowed.contains(text)) {
      throw mustBe(key, "one of " + String.join(", ", allowed));
    }
    return text;
  }

  Optional<Double> number(String key) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Double number && Double.isFinite(number)) {
      return Optional.of(number);
    }
    throw mustBe(key, "a number");
  }

  /** A number from 0 on; 0 if it is not there. */
  float notNegative(String key) {
    double value = number(key).orElse(0.0);
    if (!(value >= 0) || value > Float.MAX_VALUE) {
      throw mustBe(key, "0 or a positive number");
    }
    return (float) value;
  }

  /** A truth value; false if it is not there. */
  boolean flag(String key) {
    Object value = values.get(key);
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw mustBe(key, "true or false");
  }

  Optional<LayoutJson> object(String key) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Map<?, ?> object) {
      return Optional.of(new LayoutJson(operation, where + "in '" + key + "': ", object));
    }
    throw mustBe(key, "an object {…}");
  }

  /** A list of objects; its place is in the errors of each. */
  List<LayoutJson> objects(String key) {
    if (!(values.get(key) instanceof List<?> list)) {
      throw mustBe(key, "a list of steps [{…}, …]");
    }
    List<LayoutJson> objects = new ArrayList<>();
    for (Object value : list) {
      String place = String.format(Locale.ROOT, "in '%s', step %d: ", key, objects.size() + 1);
      if (!(value instanceof Map<?, ?> object)) {
        throw bad(place + "must be an object {…}");
      }
      objects.add(new LayoutJson(operation, place, object));
    }
    return objects;
  }

  Optional<List<String>> texts(String key) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return Optional.of(list.stream().map(String.class::cast).toList());
    }
    throw mustBe(key, "a list of texts");
  }
}
