package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.io.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What tensors cannot say of a layer, and its file's metadata may.
 *
 * @param activation of the hidden units, in place of the layout's; empty to leave that
 * @param rowsActivation of the rows, in place of the layout's; empty to leave that
 * @param temperature what scores are divided by, beside the layout's own steps
 * @param heads how the output takes the heads
 */
record LayerSettings(
    Optional<Activation> activation,
    Optional<Activation> rowsActivation,
    float temperature,
    HeadCombination heads) {

  /**
   * Reads the settings.
   *
   * @param problems gets a piece of a sentence for each value that is none
   */
  static LayerSettings of(Layout layout, Map<String, String> metadata, List<String> problems) {
    if (!layout.fields().metadata()) {
      return new LayerSettings(Optional.empty(), Optional.empty(), 1, layout.heads());
    }
    return new LayerSettings(
        constant(metadata, "activation", Activation.class, problems),
        constant(metadata, "proj.activation", Activation.class, problems),
        temperature(metadata, problems),
        constant(metadata, "heads", HeadCombination.class, problems).orElse(layout.heads()));
  }

  private static <E extends Enum<E>> Optional<E> constant(
      Map<String, String> metadata, String key, Class<E> type, List<String> problems) {
    String value = metadata.get(key);
    if (value == null) {
      return Optional.empty();
    }
    Optional<E> constant = Spelling.read(type, value);
    if (constant.isEmpty()) {
      problems.add(problem(key, value, "one of " + String.join(", ", Spelling.all(type))));
    }
    return constant;
  }

  private static float temperature(Map<String, String> metadata, List<String> problems) {
    String value = metadata.get("temperature");
    if (value == null) {
      return 1;
    }
    try {
      float number = Float.parseFloat(value);
      if (number > 0 && Float.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    problems.add(problem("temperature", value, "a positive number"));
    return 1;
  }

  private static String problem(String key, String value, String must) {
    return "its metadata '%s' is '%s', must be %s".formatted(key, Shown.text(value), must);
  }
}
