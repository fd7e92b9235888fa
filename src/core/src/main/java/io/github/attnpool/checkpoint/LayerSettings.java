package io.github.attnpool.checkpoint;

import io.github.attnpool.Activation;
import io.github.attnpool.HeadCombination;
import io.github.attnpool.internal.io.Shown;
import io.github.attnpool.internal.io.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What tensors cannot say of a layer. */
record LayerSettings(
    Activation activation,
    Activation projectionActivation,
    float temperature,
    float softmaxEpsilon,
    HeadCombination headCombination) {

  static final LayerSettings DEFAULT =
      new LayerSettings(Activation.TANH, Activation.IDENTITY, 1, 0, HeadCombination.CONCAT);

  /**
   * These settings with those that a file's metadata give.
   *
   * @param problems gets a piece of a sentence for each value that is none
   */
  LayerSettings with(Map<String, String> metadata, List<String> problems) {
    return new LayerSettings(
        constant(metadata, "activation", activation, problems),
        constant(metadata, "proj.activation", projectionActivation, problems),
        positive(metadata, "temperature", temperature, problems),
        softmaxEpsilon,
        constant(metadata, "heads", headCombination, problems));
  }

  private static <E extends Enum<E>> E constant(
      Map<String, String> metadata, String key, E absent, List<String> problems) {
    String value = metadata.get(key);
    if (value == null) {
      return absent;
    }
    Class<E> type = absent.getDeclaringClass();
    Optional<E> constant = Spelling.read(type, value);
    if (constant.isEmpty()) {
      problems.add(problem(key, value, "one of " + String.join(", ", Spelling.all(type))));
    }
    return constant.orElse(absent);
  }

  private static float positive(
      Map<String, String> metadata, String key, float absent, List<String> problems) {
    String value = metadata.get(key);
    if (value == null) {
      return absent;
    }
    try {
      float number = Float.parseFloat(value);
      if (number > 0 && Float.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    problems.add(problem(key, value, "a positive number"));
    return absent;
  }

  private static String problem(String key, String value, String must) {
    return "its metadata '%s' is '%s', must be %s".formatted(key, Shown.text(value), must);
  }
}
